//! Routing sockets of one network namespace, kept for reuse: as many as were ever needed at once.
//!
//! Removing a link waits for the kernel to see its last user go (about 10 ms); with a socket of its own it makes
//! nobody else wait.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard};

use super::namespace;
use super::netlink::{Netlink, NetlinkError};

/// Sockets of one namespace.
#[derive(Debug)]
pub(super) struct Sockets {
    namespace: OwnedFd,
    idle: Mutex<Vec<Netlink>>,
}

impl Sockets {
    /// Sockets of the network namespace of the calling thread.
    pub(super) fn of_this_thread() -> io::Result<Self> {
        let namespace = File::open("/proc/thread-self/ns/net")?.into();
        Ok(Self { namespace, idle: Mutex::new(vec![Netlink::open()?]) })
    }

    /// Runs `talk` with a socket that nobody else uses meanwhile.
    pub(super) fn with<T>(
        &self,
        talk: impl FnOnce(&mut Netlink) -> Result<T, NetlinkError>,
    ) -> Result<T, NetlinkError> {
        let idle = self.idle().pop();
        let mut socket = match idle {
            Some(socket) => socket,
            None => namespace::enter(self.namespace.as_fd(), Netlink::open)?,
        };
        let result = talk(&mut socket);
        self.idle().push(socket);
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Netlink>> {
        self.idle.lock().expect("no holder of the sockets panics")
    }
}
