//! The border of the runtime: what an agent may ask of a node's containers, and what it hears back.
//!
//! Takes in: one [`ContainerSpec`] per container, complete and checked; nothing is looked up elsewhere.
//! Gives out: blocking calls with one error type each, and [`Event`]s through a sink given at construction.
//! Does not know: tasks' states, images, addresses, AWS. Every call may block on the kernel for milliseconds:
//! an asynchronous caller uses a thread made for blocking.
//!
//! ```text
//!            create            start             (its own end, signal, kill)
//!   absent ─────────► Created ───────► Running ─────────────────────────────► Ended ──► remove ──► absent
//!                        └────────────── kill, or a start that failed ──────────▲
//! ```

mod capability;
mod error;
mod exec;
mod spec;
mod values;

pub use capability::{Capabilities, UnknownCapability};
pub use error::{CreateError, ExecError, RuntimeError, StartError};
pub use exec::{ExecHandle, ExecSpec, WindowSize};
pub use spec::{
    BindMount, ContainerSpec, CpuQuota, Limits, LogSpec, PIDS_DEFAULT, SHM_BYTES_DEFAULT, TmpfsMount, Ulimit,
};
pub use values::{ContainerId, Event, Exit, ExitReason, Found, InvalidContainerId, Phase, Started, Stats};

use std::os::fd::OwnedFd;

/// Where events go. Called from a thread of the runtime: it must hand over and return.
pub type EventSink = Box<dyn Fn(Event) + Send + Sync>;

/// A node's containers.
pub trait Runtime: Send + Sync {
    /// Every container that is there: created, running, or ended and not yet removed.
    ///
    /// Called once after construction. Ends that nobody acknowledged are told to the sink again as well.
    fn recover(&self) -> Result<Vec<Found>, RuntimeError>;

    /// Makes everything up to, not including, the first instruction. Leaves nothing behind when it fails.
    fn create(&self, spec: ContainerSpec) -> Result<(), CreateError>;

    /// Lets a created container execute its program. A short program's end may be told before this call returns.
    ///
    /// After an error the container has ended without having run: only [`Runtime::remove`] is left, and no event
    /// comes.
    fn start(&self, id: &ContainerId) -> Result<Started, StartError>;

    /// Sends a signal (a number of signal(7)) to the container's first process.
    fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError>;

    /// Kills every process of the container, whatever state it is in. A container that has ended is no error.
    fn kill(&self, id: &ContainerId) -> Result<(), RuntimeError>;

    /// The end of this container is on record elsewhere: it is not told again after a restart.
    fn acknowledge_exit(&self, id: &ContainerId) -> Result<(), RuntimeError>;

    /// Forgets a container that is not running: its writable layer, cgroup and records. Its log folder stays.
    ///
    /// A container that was created and never started is killed first. One that is not there is no error.
    fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError>;

    /// What a created or running container uses right now.
    fn stats(&self, id: &ContainerId) -> Result<Stats, RuntimeError>;

    /// Runs a further process inside a running container, with `stdio` as its input, output and error output.
    ///
    /// With [`ExecSpec::tty`] the process sees a terminal; its input is read from `stdio[0]` and all of its output is
    /// written to `stdio[1]`.
    fn exec(
        &self,
        id: &ContainerId,
        spec: ExecSpec,
        stdio: [OwnedFd; 3],
    ) -> Result<Box<dyn ExecHandle>, ExecError>;

    /// The network namespace that a created or running container lives in; taken from its first process.
    fn network_namespace(&self, id: &ContainerId) -> Option<OwnedFd>;
}
