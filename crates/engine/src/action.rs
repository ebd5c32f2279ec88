//! What the engine wants done.

use crate::record::{NodeRecord, TaskRecord};
use gantry_model::view::TaskReport;
use gantry_model::{NodeTime, TaskId};

/// One thing to do. Every action may be repeated after a crash, and none waits for another, with one exception: an action
/// of a task is not begun before the task's [`Action::Save`]s in front of it are written. [`Action::Signal`] and
/// [`Action::Kill`] need not wait even for these.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Write a task's record, so that it survives the agent.
    Save {
        /// What to write.
        record: TaskRecord,
        /// Counts the task's records.
        revision: u64,
        /// Bring it to the disk as well and answer [`crate::Event::Saved`]: it must survive the host.
        durable: bool,
    },
    /// Write what the node knows beside its tasks, so that it survives the agent.
    SaveNode(NodeRecord),
    /// Tell the control plane which generation was taken over.
    Applied {
        /// Which.
        generation: u64,
    },
    /// Tell the control plane that the next update must be whole.
    Resync,
    /// Give the task its network interface, or take hold of the one that it has.
    Attach {
        /// Which task.
        task: TaskId,
    },
    /// Take the task's network interface away.
    Detach {
        /// Which task.
        task: TaskId,
    },
    /// Make the task's folder: its scratch volumes and its files for /etc.
    MakeFiles {
        /// Which task.
        task: TaskId,
    },
    /// Remove the task's folder.
    RemoveFiles {
        /// Which task.
        task: TaskId,
    },
    /// Have an image ready.
    Pull {
        /// For which task.
        task: TaskId,
        /// Which image, as the definition writes it.
        image: String,
    },
    /// Make a container up to its first instruction.
    Create {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
    },
    /// Let a container run.
    Start {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
    },
    /// Send a signal to a container's first process.
    Signal {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
        /// Which signal.
        signal: i32,
    },
    /// Kill every process of a container.
    Kill {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
    },
    /// Tell the runtime that a container's end is on record here.
    AcknowledgeExit {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
    },
    /// Forget a container in the runtime; one that was made and never started is killed first.
    Remove {
        /// Which task.
        task: TaskId,
        /// Which container.
        container: String,
    },
    /// Tell the control plane all that is known of a task, until it acknowledges this or a later report.
    Report(TaskReport),
    /// Delete the task's record: neither side knows the task any more.
    Forget {
        /// Which task.
        task: TaskId,
    },
    /// Send [`crate::Event::Tick`] at this time; replaces the time that was named before.
    WakeAt(Option<NodeTime>),
}
