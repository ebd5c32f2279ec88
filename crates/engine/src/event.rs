//! What the engine hears.

use gantry_model::view::AssignmentUpdate;
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeSet;

/// Something happened. Containers are named as in their task's definition.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The control plane says what to run.
    Assignments(AssignmentUpdate),
    /// A session with the control plane began.
    SessionStarted {
        /// Generations of another installation mean nothing.
        installation: String,
    },
    /// There is no session, and the lease ends: tasks that may never run twice must be gone by then.
    LeaseEnding {
        /// When the last process must be dead.
        kill_by: NodeTime,
    },
    /// The agent has started: this is what the runtime holds of tasks that the engine was restored with.
    Recovered {
        /// Tasks whose records were written before the machine was booted: nothing of them can be running.
        before_boot: BTreeSet<TaskId>,
        /// Every container of these tasks.
        containers: Vec<FoundContainer>,
    },
    /// A task's record now survives the host.
    Saved {
        /// Which task.
        task: TaskId,
        /// Which revision of the record.
        revision: u64,
    },
    /// The end of [`crate::Action::Attach`].
    Attached {
        /// Which task.
        task: TaskId,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The end of [`crate::Action::Detach`].
    Detached {
        /// Which task.
        task: TaskId,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The end of [`crate::Action::MakeFiles`].
    FilesMade {
        /// Which task.
        task: TaskId,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The end of [`crate::Action::RemoveFiles`].
    FilesRemoved {
        /// Which task.
        task: TaskId,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The end of [`crate::Action::Pull`].
    Pulled {
        /// For which task.
        task: TaskId,
        /// Which image, as the definition writes it.
        image: String,
        /// How it went.
        result: Result<PulledImage, Failure>,
    },
    /// The end of [`crate::Action::Create`].
    Created {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The end of [`crate::Action::Start`]. After a failure the container has ended without having run.
    Started {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// A container ended.
    Exited {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
        /// How.
        exit: ContainerExit,
    },
    /// The end of [`crate::Action::Remove`].
    Removed {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
        /// How it went.
        result: Result<(), Failure>,
    },
    /// The time that [`crate::Action::WakeAt`] named has come.
    Tick,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For people, with all its causes.
    pub text: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
}

/// What is known of an image once it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PulledImage {
    /// Digest of its manifest.
    pub digest: Option<String>,
    /// The number of the signal that asks its process to stop, where the image names one.
    pub stop_signal: Option<i32>,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerExit {
    /// Exit status, or 128 + the signal's number.
    pub code: i32,
    /// The kernel counted a kill for want of memory in this container.
    pub oom_killed: bool,
    /// Whose doing it was.
    pub cause: ExitCause,
}

/// Whose doing the end of a container was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExitCause {
    /// The program ended or was killed.
    Program,
    /// The process that supervised it died, and it was killed with it.
    SupervisorDied,
    /// The host was started again.
    HostRestarted,
    /// It never ran: the program could not be executed.
    NotStarted(String),
    /// It never ran: it was ended before its start.
    NeverStarted,
}

/// A container that the runtime holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundContainer {
    /// Which task.
    pub task: TaskId,
    /// Which container.
    pub container: String,
    /// How far it is.
    pub found: Found,
}

/// How far a container is in the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Made, not started.
    Created,
    /// Started and not ended.
    Running,
    /// Ended.
    Ended(ContainerExit),
}
