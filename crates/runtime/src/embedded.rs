//! The runtime that the product brings along: containers on this host's kernel, without a daemon of anybody else's.
//!
//! Takes in: a state folder, a parent cgroup, and how to start the zygote. Gives out: [`Runtime`]. Does not know:
//! images, networks, tasks.
//!
//! Nothing here is needed by a container that runs: dropping this value, or killing its process, leaves the shims alone,
//! and [`Runtime::recover`] finds them again. One thread waits for the ends of shims and of the zygote; everything else
//! happens in the caller's thread.

mod build;
mod check;
mod control;
mod ending;
mod node;
mod recover;
mod start;
mod watch;

use crate::api::{
    ContainerId, ContainerSpec, CreateError, EventSink, ExecError, ExecHandle, ExecSpec, Found, Runtime,
    RuntimeError, StartError, Started, Stats,
};
use crate::zygote::{ZygoteCommand, ZygoteError};
use node::Node;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

/// Where and how containers are kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// A folder for records and writable layers; made when missing. It must be on a file system that an overlay can
    /// write to, and one runtime at a time may use it.
    pub state_dir: PathBuf,
    /// Folders with layers of images.
    pub layer_dirs: Vec<PathBuf>,
    /// Where cgroups are mounted: `/sys/fs/cgroup`.
    pub cgroup_root: PathBuf,
    /// The cgroup above all tasks', relative to the root of each hierarchy, such as `gantry`.
    pub cgroup_parent: PathBuf,
    /// How to start this program as the zygote.
    pub zygote: ZygoteCommand,
}

impl Config {
    /// The usual places.
    pub fn new(state_dir: PathBuf, layer_dirs: Vec<PathBuf>, zygote: ZygoteCommand) -> Config {
        Config {
            state_dir,
            layer_dirs,
            cgroup_root: crate::cgroup::ROOT.into(),
            cgroup_parent: "gantry".into(),
            zygote,
        }
    }
}

/// The runtime is not usable on this host.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A folder is missing or cannot be made.
    #[error("cannot {doing}")]
    Io {
        /// What was tried.
        doing: String,
        /// What came back.
        source: io::Error,
    },
    /// Another runtime uses the state folder.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// No process to fork containers from.
    #[error("cannot start the zygote")]
    Zygote(#[from] ZygoteError),
}

/// Containers on this host.
pub struct Embedded {
    node: Arc<Node>,
    watcher: watch::Watcher,
}

impl Embedded {
    /// Starts the zygote. Containers of an earlier run are known after [`Runtime::recover`].
    pub fn open(config: Config, sink: EventSink) -> Result<Embedded, OpenError> {
        let node = Arc::new(Node::open(config, sink)?);
        let watcher = watch::Watcher::start(Arc::clone(&node))
            .map_err(|source| OpenError::Io { doing: "wait for the ends of processes".into(), source })?;
        Ok(Embedded { node, watcher })
    }

    /// The process id of the zygote: for the operator, and for tests that kill it.
    pub fn zygote_pid(&self) -> Option<u32> {
        self.node.zygote_pid()
    }
}

impl Drop for Embedded {
    /// Ends the watching thread and the zygote; containers run on.
    fn drop(&mut self) {
        self.watcher.stop();
    }
}

impl Runtime for Embedded {
    fn recover(&self) -> Result<Vec<Found>, RuntimeError> {
        self.node.recover()
    }

    fn create(&self, spec: ContainerSpec) -> Result<(), CreateError> {
        self.node.create(spec)
    }

    fn start(&self, id: &ContainerId) -> Result<Started, StartError> {
        self.node.start(id)
    }

    fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        self.node.signal(id, signal)
    }

    fn kill(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.node.kill(id)
    }

    fn acknowledge_exit(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.node.acknowledge_exit(id)
    }

    fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.node.remove(id)
    }

    fn stats(&self, id: &ContainerId) -> Result<Stats, RuntimeError> {
        self.node.stats(id)
    }

    fn exec(
        &self,
        id: &ContainerId,
        spec: ExecSpec,
        stdio: [OwnedFd; 3],
    ) -> Result<Box<dyn ExecHandle>, ExecError> {
        self.node.exec(id, spec, stdio)
    }

    fn network_namespace(&self, id: &ContainerId) -> Option<OwnedFd> {
        self.node.network_namespace(id)
    }
}
