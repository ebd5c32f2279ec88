//! What the engine asks to save, and its form on disk.
//!
//! A record holds facts: what was assigned, what was seen, why the task stopped. How far making and starting things is
//! stands in no record; after a restart the runtime is asked. The form carries a version; a record of another version is
//! refused by name, so that an older agent never acts on what it cannot read.

use gantry_model::NodeTime;
use gantry_model::status::{DesiredStatus, TaskStatus};
use gantry_model::view::{AssignedTask, Occurrence};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The version of the form.
const VERSION: u32 = 1;

/// A task, as it survives the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRecord {
    /// What was assigned.
    pub task: Arc<AssignedTask>,
    /// What is wanted of it.
    pub desired: DesiredStatus,
    /// The control plane knows it no more.
    pub orphaned: bool,
    /// How far it is: PROVISIONING until it is RUNNING, because all that comes before is done again.
    pub status: TaskStatus,
    /// Its containers, in the assignment's order.
    pub containers: Vec<ContainerRecord>,
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
    /// Whether the node holds nothing of it.
    pub released: bool,
}

/// The facts of one container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerRecord {
    /// Whether it is over, or never to begin.
    pub ended: bool,
    /// Exit status, or 128 + the signal's number.
    pub exit_code: Option<i32>,
    /// `Name: text` of its first error.
    pub reason: Option<String>,
    /// Digest of its image.
    pub image_digest: Option<String>,
    /// The signal that asks it to stop, where its image names one.
    pub stop_signal: Option<i32>,
    /// When it was made.
    pub created_at: Option<NodeTime>,
    /// When its program was executed.
    pub started_at: Option<NodeTime>,
    /// When it ended.
    pub finished_at: Option<NodeTime>,
}

/// What the node knows beside its tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeRecord {
    /// Which installation the generation is of.
    pub installation: Option<String>,
    /// The generation of assignments that was taken over.
    pub generation: Option<u64>,
}

/// The text is not a record that this build can use.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not the JSON of a record.
    #[error("the record cannot be read")]
    Json(#[from] serde_json::Error),
    /// Written by another version.
    #[error("the record has version {found}, this build reads version {VERSION}")]
    Version {
        /// The version in the record.
        found: u32,
    },
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    version: u32,
    body: &'a T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct Body<T> {
    body: T,
}

macro_rules! records {
    ($($record:ident),*) => { $(
        impl $record {
            /// The text to write.
            pub fn to_text(&self) -> String {
                let envelope = Envelope { version: VERSION, body: self };
                serde_json::to_string(&envelope).expect("records have text keys")
            }

            /// Reads what was written.
            pub fn from_text(text: &str) -> Result<Self, RecordError> {
                let Version { version: found } = serde_json::from_str(text)?;
                if found != VERSION {
                    return Err(RecordError::Version { found });
                }
                Ok(serde_json::from_str::<Body<Self>>(text)?.body)
            }
        }
    )* };
}

records!(TaskRecord, NodeRecord);
