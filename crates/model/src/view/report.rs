//! What a node saw. A report holds everything that is known of a task, not what changed: the latest one is enough, an older
//! or repeated one changes nothing, because observed statuses only move forward.

use crate::status::{AttachmentStatus, ContainerStatus, StopCode, TaskStatus};
use crate::{NodeTime, TaskId};
use serde::{Deserialize, Serialize};

/// Reports of several tasks, sent together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeReport {
    /// Counts the node's reports; the control plane acknowledges it once the facts are durable.
    pub sequence: u64,
    /// The node's time when it was sent: an instant's age is the difference to it.
    pub sent_at: NodeTime,
    /// What was seen.
    pub tasks: Vec<TaskReport>,
}

/// Everything that a node knows of one task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskReport {
    /// Which task.
    pub task: TaskId,
    /// Its status.
    pub status: TaskStatus,
    /// The status of its network interface.
    pub attachment: AttachmentStatus,
    /// Its containers, in the assignment's order.
    pub containers: Vec<ContainerReport>,
    /// When the first pull began.
    pub pull_started_at: Option<NodeTime>,
    /// When the last pull ended.
    pub pull_stopped_at: Option<NodeTime>,
    /// When it reached RUNNING.
    pub started_at: Option<NodeTime>,
    /// When its first essential container stopped.
    pub execution_stopped_at: Option<NodeTime>,
    /// When it reached STOPPED.
    pub stopped_at: Option<NodeTime>,
    /// Why it stopped by itself.
    pub stop: Option<Occurrence>,
    /// Whether the node holds nothing of it any more.
    pub released: bool,
}

/// Why a task stopped by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// AWS's code.
    pub code: StopCode,
    /// AWS's words.
    pub reason: String,
}

/// Everything that a node knows of one container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerReport {
    /// Its status.
    pub status: ContainerStatus,
    /// Exit code, 128 + number for a signal; absent when it never ran.
    pub exit_code: Option<i32>,
    /// `Name: text` of its first error.
    pub reason: Option<String>,
    /// Digest of its image.
    pub image_digest: Option<String>,
}
