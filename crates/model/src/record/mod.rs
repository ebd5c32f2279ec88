//! What is stored: one file per kind of record.
//!
//! Takes in nothing; gives out plain structures with their keys and the row form of each. A row is the JSON array
//! `[version, record]`; a kind that changes its form keeps the older one in `versions/` and is pinned by a golden file
//! under `tests/golden/`. Knows neither tables in memory (`orchestrator::state`) nor files (`store`).

pub mod cluster;
pub mod idempotency;
pub mod installation;
pub mod node;
pub mod row;
pub mod task;
pub mod task_definition;
pub mod vpc;

pub use cluster::{Cluster, ClusterKey};
pub use idempotency::{IdempotencyKey, IdempotencyToken};
pub use installation::Installation;
pub use node::{Node, NodeStatus};
pub use row::{Record, RecordKey, Table};
pub use task::Task;
pub use task_definition::{FamilyKey, FamilyRecord, TaskDefinition, TaskDefinitionKey};
pub use vpc::{SecurityGroup, Subnet, Vpc};

/// Whether a member may be left out of its row.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
