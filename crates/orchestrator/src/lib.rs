//! What ECS decides: a deterministic state machine.
//!
//! Takes in commands, nodes' messages, timers, time and entropy; gives out changes with their causes, replies, and the views
//! that follow from the state. The folders are the way of data: [`command`] → `apply` → [`state`] → `control` and `schedule`
//! → [`publish`], driven by [`leader`]. It is pure: no clock, no randomness, no I/O; and it knows neither AWS's shapes nor
//! files nor connections.

mod apply;
pub mod command;
mod control;
pub mod entropy;
pub mod invariants;
pub mod leader;
pub mod publish;
mod schedule;
pub mod state;
mod txn;

pub use apply::ecs::runnable::unrunnable_fields;
pub use apply::node::{NodeInfo, NodeInput};
pub use control::{LEASE_MS, LOST_NODE_RETENTION_MS, RESTART_HOLD_MS};
pub use txn::Instant;
