//! One installation per network namespace: two would fight over addresses, routes and the packet filter.
//!
//! The lock is an abstract unix socket: the kernel keeps one table of these names per network namespace and frees
//! the name when the process ends, however it ends.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use rustix::net::sockopt::socket_peercred;

/// The name that is locked; the version is part of no protocol, the socket is never served.
const NAME: &[u8] = b"gantry/network-of-this-namespace";

/// The right to manage this network namespace, kept until it is dropped.
#[derive(Debug)]
pub struct Claim {
    _socket: UnixListener,
}

/// Why the namespace is not ours.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another process has it.
    #[error("another gantry (pid {pid}) already manages the network of this network namespace")]
    Taken {
        /// The holder; 0 when it cannot be seen from here.
        pid: i32,
    },
    /// The lock cannot be tried.
    #[error("cannot claim this network namespace")]
    Socket(#[from] io::Error),
}

/// Claims the network namespace of the calling thread.
pub fn claim() -> Result<Claim, ClaimError> {
    let name = SocketAddr::from_abstract_name(NAME)?;
    match UnixListener::bind_addr(&name) {
        Ok(socket) => Ok(Claim { _socket: socket }),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(ClaimError::Taken { pid: holder(&name) })
        }
        Err(error) => Err(error.into()),
    }
}

/// The kernel tells who listens to whoever connects.
fn holder(name: &SocketAddr) -> i32 {
    let peer = UnixStream::connect_addr(name).and_then(|stream| Ok(socket_peercred(stream)?));
    peer.map_or(0, |peer| peer.pid.as_raw_nonzero().get())
}
