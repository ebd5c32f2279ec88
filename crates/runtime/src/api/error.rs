//! One error type per operation. A message says what was tried; its source says what the kernel answered.

use super::{ContainerId, ExitReason};
use std::io;

/// A call about an existing container, or about all of them, failed.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// There is no such container.
    #[error("no container {0}")]
    NotFound(ContainerId),
    /// The call needs a living container.
    #[error("container {0} is not running")]
    NotRunning(ContainerId),
    /// The call needs a container that has ended.
    #[error("container {0} is running")]
    StillRunning(ContainerId),
    /// The number is no signal.
    #[error("{0} is not a signal's number")]
    NoSuchSignal(i32),
    /// The process has no terminal to resize.
    #[error("the process has no terminal")]
    NoTerminal,
    /// The kernel refused.
    #[error("cannot {doing}")]
    Io {
        /// What was tried, as a verb.
        doing: String,
        /// What came back.
        source: io::Error,
    },
}

impl RuntimeError {
    /// For `map_err`: names what was tried.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> RuntimeError {
        let doing = doing.into();
        move |source| RuntimeError::Io { doing, source }
    }

    /// Whether the same call may succeed later.
    pub fn retry_can_help(&self) -> bool {
        matches!(self, RuntimeError::Io { .. } | RuntimeError::StillRunning(_))
    }
}

/// A container was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The id is taken.
    #[error("container {0} exists already")]
    AlreadyExists(ContainerId),
    /// The specification asks for something impossible.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The kernel refused a step.
    #[error("cannot {doing}")]
    Step {
        /// Which step, as a verb.
        doing: String,
        /// What came back.
        source: io::Error,
    },
    /// A process of the runtime went away in the middle.
    #[error("the {process} ended before the container was made")]
    Interrupted {
        /// Which process.
        process: &'static str,
    },
    /// It took longer than anything healthy takes.
    #[error("the container was not made within {limit_ms} ms")]
    TimedOut {
        /// The bound.
        limit_ms: u64,
    },
}

impl CreateError {
    /// For `map_err`: names the step.
    pub(crate) fn step(doing: impl Into<String>) -> impl FnOnce(io::Error) -> CreateError {
        let doing = doing.into();
        move |source| CreateError::Step { doing, source }
    }

    /// Whether the same call may succeed later.
    pub fn retry_can_help(&self) -> bool {
        matches!(self, CreateError::Interrupted { .. } | CreateError::TimedOut { .. })
    }
}

/// A created container did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such container.
    #[error("no container {0}")]
    NotFound(ContainerId),
    /// It was started before, or has ended.
    #[error("container {0} is not waiting to be started")]
    NotCreated(ContainerId),
    /// The program cannot be executed. The text is Docker's, such as
    /// `exec: "x": executable file not found in $PATH`.
    #[error("{message}")]
    Exec {
        /// What is wrong.
        message: String,
        /// What Docker would set as the exit code: 127 not found, 126 not executable, else 128.
        code: i32,
    },
    /// The container ended instead of starting.
    #[error("the container ended while it was started")]
    Ended(#[source] ExitReason),
    /// It took longer than anything healthy takes; the container was killed.
    #[error("the container did not start within {limit_ms} ms")]
    TimedOut {
        /// The bound.
        limit_ms: u64,
    },
    /// The connection to the container's supervisor broke.
    #[error("cannot {doing}")]
    Io {
        /// What was tried, as a verb.
        doing: String,
        /// What came back.
        source: io::Error,
    },
}

/// A further process did not run in a container.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// There is no such container.
    #[error("no container {0}")]
    NotFound(ContainerId),
    /// The container does not run.
    #[error("container {0} is not running")]
    NotRunning(ContainerId),
    /// The request itself is wrong.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The program cannot be executed; text and code as in [`StartError::Exec`].
    #[error("{message}")]
    Exec {
        /// What is wrong.
        message: String,
        /// 127 not found, 126 not executable, else 128.
        code: i32,
    },
    /// A process of the runtime went away in the middle.
    #[error("the process that supervises the command ended")]
    Interrupted,
    /// The kernel refused a step.
    #[error("cannot {doing}")]
    Io {
        /// Which step, as a verb.
        doing: String,
        /// What came back.
        source: io::Error,
    },
}

impl ExecError {
    /// For `map_err`: names the step.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> ExecError {
        let doing = doing.into();
        move |source| ExecError::Io { doing, source }
    }
}
