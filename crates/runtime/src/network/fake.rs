//! [`Network`] without a kernel: it remembers who is attached and hands out the namespace that everybody is in.
//!
//! For tests, benches and `runtime fake`. Needs no root. Two tasks of it share all ports, a listener listens on the
//! host's loopback on a free port whatever address was asked for, and counters stay at zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard};

use super::spec::{
    AttachError, Attached, CountersError, DetachError, InterfaceCounters, ListenError, NamespaceError,
    Network, NetworkSpec, SweepError,
};

/// The double of [`RoutedNetwork`](super::RoutedNetwork).
#[derive(Debug, Default)]
pub struct FakeNetwork {
    attached: Mutex<BTreeMap<String, NetworkSpec>>,
}

impl FakeNetwork {
    /// A network without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Who is attached now, by task.
    pub fn attached(&self) -> BTreeMap<String, NetworkSpec> {
        self.tasks().clone()
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<String, NetworkSpec>> {
        self.attached.lock().expect("no holder of the map panics")
    }
}

impl Network for FakeNetwork {
    fn namespace(&self) -> Result<OwnedFd, NamespaceError> {
        Ok(own_namespace()?)
    }

    fn attach(&self, spec: &NetworkSpec, existing: Option<OwnedFd>) -> Result<Attached, AttachError> {
        let mut tasks = self.tasks();
        let address = spec.address;
        if tasks.values().any(|other| other.address == address && other.task != spec.task) {
            return Err(AttachError::AddressInUse { address });
        }
        tasks.insert(spec.task.clone(), spec.clone());
        let namespace = existing.map_or_else(own_namespace, Ok).map_err(AttachError::Namespace)?;
        Ok(Attached { namespace })
    }

    fn detach(&self, task: &str) -> Result<(), DetachError> {
        self.tasks().remove(task);
        Ok(())
    }

    fn listen(&self, _namespace: BorrowedFd<'_>, address: SocketAddrV4) -> Result<TcpListener, ListenError> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|source| ListenError { address, source })
    }

    fn counters(&self, task: &str) -> Result<InterfaceCounters, CountersError> {
        let known = self.tasks().contains_key(task);
        known.then(InterfaceCounters::default).ok_or_else(|| CountersError::NotAttached(task.to_owned()))
    }

    fn sweep(&self, known: &BTreeSet<String>) -> Result<usize, SweepError> {
        let mut tasks = self.tasks();
        let before = tasks.len();
        tasks.retain(|task, _| known.contains(task));
        Ok(before - tasks.len())
    }
}

fn own_namespace() -> io::Result<OwnedFd> {
    Ok(File::open("/proc/self/ns/net")?.into())
}
