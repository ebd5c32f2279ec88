//! A whole cluster in one thread on virtual time: the commit loop, the engines of several nodes, a store in memory, a network
//! that loses, delays, repeats and reorders, and machines that crash at any moment.
//!
//! Takes in a seed; gives out the same history for the same seed, and the first thing that must not be. Does not know how a
//! container is really started or a byte really written: it answers the engine's actions and the leader's commits itself.
//!
//! ```text
//! clients ─► plane (leader + store) ◄─ network ─► agents (engine) ─► machines (containers, networks, disk)
//!    └────────────── checks: what was acknowledged, what is shown, what runs ──────────────┘
//! ```

mod agent;
mod check;
mod client;
mod fault;
mod log;
mod machine;
mod network;
mod plane;
mod queue;
mod random;
mod world;

pub use log::Log;
pub use world::{Outcome, Settings, run};
