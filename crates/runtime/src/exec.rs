//! A further process in a running container.
//!
//! It has a supervisor of its own, forked from the zygote as shims are, which lives as long as the process and no longer
//! than the agent that asked for it. Takes in: an order, the container's first process by descriptor, three streams.
//! Gives out: the process's end, on a channel. Does not know who reads the streams.

mod handle;
mod join;
mod pump;
mod supervisor;
mod watch;

use crate::api::{ExecSpec, WindowSize};
use crate::cgroup::{Group, Tree};
use crate::failure::{Failure, NotExecuted};
use serde::{Deserialize, Serialize};

pub(crate) use handle::Handle;
pub(crate) use supervisor::supervise;

/// What to run. Descriptors: the agent's channel, the first process, the state folder, standard input, output, error.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExecOrder {
    pub(crate) tree: Tree,
    pub(crate) group: Group,
    pub(crate) spec: ExecSpec,
}

/// What the supervisor tells the agent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FromExec {
    /// The program runs. Its pidfd comes along.
    Running { pid: u32 },
    /// The program does not run.
    CannotStart(NotExecuted),
    /// It was not even tried.
    Failed(Failure),
    /// It has ended: exit status, or 128 + the signal's number.
    Ended { code: i32 },
}

/// What the agent tells the supervisor. Closing the channel kills the process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToExec {
    Resize(WindowSize),
}
