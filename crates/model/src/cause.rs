//! Why something changed: every committed change carries the actor that asked and what led to it.

use crate::{NodeId, RequestId};
use serde::{Deserialize, Serialize};

/// Who or what asked for a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// A client, by the ARN of its principal.
    Principal(String),
    /// A node's report.
    Node(NodeId),
    /// A controller of the control plane, by its name.
    Controller(String),
    /// The start of the installation.
    Installation,
}

/// The cause of one step of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Who or what asked.
    pub actor: Actor,
    /// What was asked or seen, in one word: `ecs:RunTask`, `node:report`, `task:retention`.
    pub action: String,
    /// The request, where a client asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// What the actor considered: sentences for people, such as a placement's refusals. At most [`NOTES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Notes of one cause: enough for ten tasks' placement, bounded so that a journal entry stays small.
pub const NOTES_MAX: usize = 32;
