//! The border: what a network of tasks can do, in the words of the agent. Implemented by
//! [`RoutedNetwork`](super::RoutedNetwork) with the kernel and by [`FakeNetwork`](super::FakeNetwork) without it.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::fd::{BorrowedFd, OwnedFd};

use super::{Cidr, NetlinkError};

/// Where a task finds its metadata and credentials; every namespace owns it on its loopback.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html>.
pub const TASK_METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 2);

/// The network interface of one task, as the control plane chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSpec {
    /// The task's id; the only name by which it is found again.
    pub task: String,
    /// The private address of the task, unique in the installation.
    pub address: Ipv4Addr,
    /// The MAC of the task's `eth0`.
    pub mac: [u8; 6],
    /// The subnet that the address belongs to; its router is the task's gateway.
    pub subnet: Cidr,
}

/// A task's namespace, ready for its containers. Whoever holds it keeps it alive.
#[derive(Debug)]
pub struct Attached {
    /// An open descriptor of the namespace, close-on-exec.
    pub namespace: OwnedFd,
}

/// What passed a task's `eth0` since it was attached, seen from the task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the stats document and say it all")]
pub struct InterfaceCounters {
    pub rx_bytes: u64,
    pub rx_packets: u64,
    pub rx_errors: u64,
    pub rx_dropped: u64,
    pub tx_bytes: u64,
    pub tx_packets: u64,
    pub tx_errors: u64,
    pub tx_dropped: u64,
}

/// Gives tasks their network on this host. Calls block for about a millisecond and may run side by side.
pub trait Network: Send + Sync {
    /// A namespace without an address, for a pool of prepared containers; hand it to [`Network::attach`] later.
    fn namespace(&self) -> Result<OwnedFd, NamespaceError>;

    /// Gives the task its address in `existing`, or in a new namespace. What is already there stays, so it is
    /// also the call after a restart; what is missing or belongs to a dead namespace is made anew.
    /// After an error some of it may be there: attach again, or detach.
    fn attach(&self, spec: &NetworkSpec, existing: Option<OwnedFd>) -> Result<Attached, AttachError>;

    /// Removes the task's link with its routes; when it returns, the address can be used again.
    /// A task that has no link is no error.
    fn detach(&self, task: &str) -> Result<(), DetachError>;

    /// A listener inside `namespace`; the caller serves it from its own namespace.
    fn listen(&self, namespace: BorrowedFd<'_>, address: SocketAddrV4) -> Result<TcpListener, ListenError>;

    /// The counters of an attached task.
    fn counters(&self, task: &str) -> Result<InterfaceCounters, CountersError>;

    /// Removes the links of this installation whose task is not in `known`; returns how many there were.
    fn sweep(&self, known: &BTreeSet<String>) -> Result<usize, SweepError>;
}

/// Why there is no namespace.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a network namespace")]
pub struct NamespaceError(#[from] pub io::Error);

/// Why a task has no network.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The namespace could not be made or entered.
    #[error("cannot open the task's network namespace")]
    Namespace(#[source] io::Error),
    /// Another link on this host already leads to the address.
    #[error("the address {address} is in use on this host")]
    AddressInUse {
        /// The address that was to be given.
        address: Ipv4Addr,
    },
    /// The pair of links between host and task.
    #[error("cannot create the link {link}")]
    Link {
        /// The host's end.
        link: String,
        /// What the kernel said.
        source: NetlinkError,
    },
    /// The task's side of it.
    #[error("cannot give the task its address {address}")]
    Inside {
        /// The address that was to be given.
        address: Ipv4Addr,
        /// What the kernel said.
        source: NetlinkError,
    },
    /// The host's side of it.
    #[error("cannot route {address} to the task")]
    Route {
        /// The address that was to be routed.
        address: Ipv4Addr,
        /// What the kernel said.
        source: NetlinkError,
    },
}

impl AttachError {
    /// Whether the same call can succeed later without anybody changing the request.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Namespace(_) | Self::AddressInUse { .. } => true,
            Self::Link { source, .. } | Self::Inside { source, .. } | Self::Route { source, .. } => {
                source.is_retryable()
            }
        }
    }
}

/// Why a task's link is still there.
#[derive(Debug, thiserror::Error)]
#[error("cannot remove the link {link} of a task")]
pub struct DetachError {
    /// The host's end.
    pub link: String,
    /// What the kernel said.
    pub source: NetlinkError,
}

/// Why nobody listens.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} inside the task's network namespace")]
pub struct ListenError {
    /// Where the listener was to be.
    pub address: SocketAddrV4,
    /// What the kernel said.
    pub source: io::Error,
}

/// Why there are no counters.
#[derive(Debug, thiserror::Error)]
pub enum CountersError {
    /// The task has no link on this host.
    #[error("the task {0} has no network interface here")]
    NotAttached(String),
    /// The question failed.
    #[error("cannot read the counters of a task's network interface")]
    Netlink(#[from] NetlinkError),
}

/// Why leftovers are still there.
#[derive(Debug, thiserror::Error)]
#[error("cannot remove the links of tasks that are gone")]
pub struct SweepError(#[from] pub NetlinkError);
