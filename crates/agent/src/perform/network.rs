//! A task's network: its namespace, kept open for containers to come, and the metadata endpoint inside.

use super::{Performer, blocking, failure};
use crate::metadata::{Endpoint, Metadata};
use gantry_engine::Failure;
use gantry_model::TaskId;
use gantry_model::view::AssignedTask;
use gantry_runtime::network::{Cidr, Network, NetworkSpec, TASK_METADATA_ADDRESS};
use std::collections::BTreeMap;
use std::net::{SocketAddrV4, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where tasks expect the metadata endpoint.
const METADATA_PORT: u16 = 80;

/// Networks of tasks that are attached.
#[derive(Default)]
pub(super) struct Networks {
    tasks: Mutex<BTreeMap<TaskId, TaskNetwork>>,
}

struct TaskNetwork {
    namespace: OwnedFd,
    /// Stops serving when it is dropped.
    _endpoint: Endpoint,
}

impl Networks {
    /// One more handle to a task's namespace.
    pub(super) fn namespace(&self, task: TaskId) -> Result<OwnedFd, Failure> {
        let tasks = self.tasks();
        let network = tasks.get(&task);
        let none = || Failure { text: "the task's network is gone".to_owned(), retryable: true };
        let namespace = network.ok_or_else(none)?.namespace.try_clone();
        namespace.map_err(|error| failure(&error, true))
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<TaskId, TaskNetwork>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Performer {
    pub(super) async fn attach(&self, task: &Arc<AssignedTask>) -> Result<(), Failure> {
        // A task that is attached already, and asked for again, gets a new listener: the old one must go first.
        self.networks.tasks().remove(&task.id);
        let spec = network_spec(task)?;
        let (runtime, network, ids) = (self.shared_runtime(), self.network.clone(), Self::ids(task));
        let opened = blocking(move || {
            let existing = ids.iter().find_map(|id| runtime.network_namespace(id));
            open(&*network, &spec, existing)
        });
        let (namespace, listener) = opened.await??;
        let metadata =
            Metadata::new(task.id, self.board.clone(), self.shared_runtime(), self.network.clone());
        let endpoint = metadata.serve(listener).map_err(|error| failure(&error, true))?;
        self.networks.tasks().insert(task.id, TaskNetwork { namespace, _endpoint: endpoint });
        Ok(())
    }

    pub(super) async fn detach(&self, task: TaskId) -> Result<(), Failure> {
        self.networks.tasks().remove(&task);
        let network = self.network.clone();
        blocking(move || network.detach(&task.to_string()).map_err(|error| failure(&error, true))).await?
    }
}

fn open(
    network: &dyn Network,
    spec: &NetworkSpec,
    existing: Option<OwnedFd>,
) -> Result<(OwnedFd, TcpListener), Failure> {
    let attached = network.attach(spec, existing).map_err(|error| failure(&error, error.is_retryable()))?;
    let address = SocketAddrV4::new(TASK_METADATA_ADDRESS, METADATA_PORT);
    let listener =
        network.listen(attached.namespace.as_fd(), address).map_err(|error| failure(&error, true))?;
    listener.set_nonblocking(true).map_err(|error| failure(&error, true))?;
    Ok((attached.namespace, listener))
}

fn network_spec(task: &AssignedTask) -> Result<NetworkSpec, Failure> {
    let network = &task.network;
    let unreadable = |what: &str| Failure {
        text: format!("{what} of the task's interface cannot be read"),
        retryable: false,
    };
    let subnet: Cidr = network.subnet_cidr.parse().map_err(|_| unreadable("the subnet"))?;
    let mac = parse_mac(&network.mac).ok_or_else(|| unreadable("the hardware address"))?;
    Ok(NetworkSpec { task: task.id.to_string(), address: network.address, mac, subnet })
}

/// `02:00:ac:1f:00:04`.
fn parse_mac(text: &str) -> Option<[u8; 6]> {
    let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_six_bytes() {
        assert_eq!(parse_mac("02:00:ac:1f:00:04"), Some([2, 0, 0xac, 0x1f, 0, 4]));
        assert_eq!(parse_mac("02:00:ac:1f:00"), None);
        assert_eq!(parse_mac("02:00:ac:1f:00:zz"), None);
    }
}
