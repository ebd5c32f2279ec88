//! The nouns of Gantry: typed ids and ARNs, time, scopes, specs, statuses with their order, quotas, the records that are
//! stored, the changes that are journaled with their cause, and the views that are published.
//!
//! Takes in nothing and names nothing of ours: every other crate may name this one.
//! Gives out plain values. It does not know what ECS decides (`orchestrator`), how anything is transported (`wire`, `link`)
//! or where it is kept (`store`). It is pure: no clock, no randomness, no unordered map, no I/O.

#[macro_use]
mod macros;

pub mod arn;
pub mod cause;
pub mod change;
pub mod cidr;
pub mod fargate;
pub mod id;
pub mod name;
pub mod planted;
pub mod quota;
pub mod record;
pub mod resources;
pub mod scope;
pub mod status;
pub mod stored;
pub mod tag;
pub mod time;
pub mod view;

pub use arn::Arn;
pub use id::{AttachmentId, ContainerId, EniId, NodeId, RequestId, SecurityGroupId, SubnetId, TaskId, VpcId};
pub use name::{ClusterName, Family};
pub use resources::Resources;
pub use scope::{AccountId, AccountRegion, Region, Scope};
pub use tag::Tags;
pub use time::{NodeTime, Timestamp};
