//! A runtime without containers: what each one does is a [`Program`], decided by its image, its arguments, or a file.
//!
//! Takes in: the same calls as the real one. Gives out: the same answers and events, at the times that the programs say,
//! by one timer thread; output goes to the same logs. For tests, benchmarks and demonstrations on any machine: it needs
//! no rights. Does not know: the kernel. A [`FakeHost`] outlives the [`FakeRuntime`] that was opened on it, as
//! containers outlive their agent; it does not outlive the process.

mod exec;
mod host;
mod program;
mod state;
mod timer;

pub use host::FakeHost;
pub use program::{InvalidScript, Program, Script};

use crate::api::{
    ContainerId, ContainerSpec, CreateError, EventSink, ExecError, ExecHandle, ExecSpec, Found, Runtime,
    RuntimeError, StartError, Started, Stats,
};
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// An agent's view of a [`FakeHost`].
pub struct FakeRuntime {
    host: Arc<FakeHost>,
    listener: u64,
}

impl FakeRuntime {
    /// Events go to `sink` until this value is dropped or another runtime is opened on the host.
    pub fn open(host: Arc<FakeHost>, sink: EventSink) -> FakeRuntime {
        let listener = host.listen(sink);
        FakeRuntime { host, listener }
    }
}

impl Drop for FakeRuntime {
    fn drop(&mut self) {
        self.host.stop_listening(self.listener);
    }
}

impl Runtime for FakeRuntime {
    fn recover(&self) -> Result<Vec<Found>, RuntimeError> {
        Ok(self.host.recover())
    }

    fn create(&self, spec: ContainerSpec) -> Result<(), CreateError> {
        self.host.create(spec)
    }

    fn start(&self, id: &ContainerId) -> Result<Started, StartError> {
        self.host.start(id)
    }

    fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        self.host.signal(id, signal)
    }

    fn kill(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.host.kill(id)
    }

    fn acknowledge_exit(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.host.acknowledge_exit(id)
    }

    fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.host.remove(id)
    }

    fn stats(&self, id: &ContainerId) -> Result<Stats, RuntimeError> {
        self.host.stats(id)
    }

    fn exec(
        &self,
        id: &ContainerId,
        spec: ExecSpec,
        stdio: [OwnedFd; 3],
    ) -> Result<Box<dyn ExecHandle>, ExecError> {
        self.host.exec(id, spec, stdio)
    }

    /// Fake containers share the host's network and have no namespace to give.
    fn network_namespace(&self, _: &ContainerId) -> Option<OwnedFd> {
        None
    }
}
