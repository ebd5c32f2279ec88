//! Controllers. An event says which key to look at, never what to do: the state says that. Start-up, recovery and normal work
//! are the same call.
//!
//! Takes in the state under a transaction and a key; gives out changes and when to look again. Each controller's cost is
//! bounded by what its key owns, never by the size of the cluster.

mod cluster;
mod node;
mod task;
mod token;

pub use node::{LEASE_MS, LOST_NODE_RETENTION_MS, RESTART_HOLD_MS};

use crate::state::State;
use crate::txn::Txn;
use gantry_model::record::{ClusterKey, IdempotencyKey, RecordKey};
use gantry_model::{NodeId, TaskId};

/// What a controller looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// Leases.
    Node(NodeId),
    /// Retention of stopped tasks.
    Task(TaskId),
    /// Retention of inactive clusters.
    Cluster(ClusterKey),
    /// Retention of client tokens.
    Token(IdempotencyKey),
}

impl Key {
    /// The controller that a change of this record concerns.
    pub(crate) fn of(record: &RecordKey) -> Option<Self> {
        match record {
            RecordKey::Node(id) => Some(Self::Node(*id)),
            RecordKey::Task(id) => Some(Self::Task(*id)),
            RecordKey::Cluster(key) => Some(Self::Cluster(key.clone())),
            RecordKey::IdempotencyToken(key) => Some(Self::Token(key.clone())),
            RecordKey::Installation(())
            | RecordKey::Family(_)
            | RecordKey::TaskDefinition(_)
            | RecordKey::Vpc(_)
            | RecordKey::Subnet(_)
            | RecordKey::SecurityGroup(_) => None,
        }
    }

    /// Every key of a state: what a new leader looks at first.
    pub(crate) fn all(state: &State) -> impl Iterator<Item = Self> {
        let nodes = state.nodes.keys().map(|id| Self::Node(*id));
        let tasks = state.tasks.keys().map(|id| Self::Task(*id));
        let clusters = state.clusters.keys().map(|key| Self::Cluster(key.clone()));
        nodes.chain(tasks).chain(clusters).chain(state.tokens.keys().map(|key| Self::Token(key.clone())))
    }

    /// The action in the history.
    pub(crate) const fn action(&self) -> &'static str {
        match self {
            Self::Node(_) => "node:lease",
            Self::Task(_) => "task:retention",
            Self::Cluster(_) => "cluster:retention",
            Self::Token(_) => "token:retention",
        }
    }

    /// The controller's name in the history.
    pub(crate) const fn controller(&self) -> &'static str {
        match self {
            Self::Node(_) => "lease",
            Self::Task(_) | Self::Cluster(_) | Self::Token(_) => "retention",
        }
    }
}

/// Brings what the key names closer to what is wanted. Answers the monotonic millisecond at which to look again.
pub(crate) fn reconcile(txn: &mut Txn, key: &Key) -> Option<u64> {
    match key {
        Key::Node(id) => node::reconcile(txn, *id),
        Key::Task(id) => task::reconcile(txn, *id),
        Key::Cluster(key) => cluster::reconcile(txn, key),
        Key::Token(key) => token::reconcile(txn, key),
    }
}

/// When the leader's clock will show `deadline`, in monotonic milliseconds; `None` when it shows it already.
fn until(txn: &Txn, deadline: gantry_model::Timestamp) -> Option<u64> {
    let left_ms = deadline.ms_since(txn.now.at);
    (left_ms > 0).then(|| txn.now.mono_ms + left_ms)
}
