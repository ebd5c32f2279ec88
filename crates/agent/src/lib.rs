//! The shell of a node: it connects the task engine with the control plane, the runtime and the disk.
//!
//! Takes in: a [`Config`] with the node's parts (runtime, network, images) and the way to the control plane. Gives out:
//! running tasks, reports of them, their metadata endpoints, and streams of their output. Does not know: what a task needs
//! next (`engine` decides), how a container is made (`runtime` does it), what AWS calls anything but its metadata.
//!
//! ```text
//!  control plane ◄─ link ─► session ──► core ──► engine (decides)
//!                              ▲          │ actions, ordered
//!                           outbox ◄──────┼──► journal (records on disk)
//!                                         └──► performer ──► runtime, network, images (blocking threads)
//!                                                 │ results and ends come back to the core as events
//! ```
//! One task owns the engine; nothing else does. A container that is slow to stop holds up nobody, because actions of
//! different containers never wait for each other.

mod agent;
mod board;
mod capacity;
mod clock;
mod config;
mod core;
mod exits;
mod files;
mod folders;
mod identity;
mod journal;
mod limits;
mod metadata;
mod order;
mod outbox;
mod perform;
mod recovery;
mod save;
mod session;
mod signal;
mod spec;
mod stream;

pub use agent::{Agent, Ended, StartError};
pub use capacity::{CapacityError, capacity, cpu_architecture};
pub use config::{Config, NetworkFactory, Parts, Terms};
pub use exits::{Exits, exit_channel};
pub use limits::*;
