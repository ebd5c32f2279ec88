//! Containers, networks and images of one node: all privileged Linux code of the product is in this crate.
//!
//! Takes in: complete specifications. Gives out: running containers and their ends ([`api`]), through one trait with
//! two implementations. Does not know: tasks' states, AWS, the control plane, tokio.

pub mod api;
mod cgroup;
mod container;
pub mod embedded;
mod exec;
mod failure;
pub mod fake;
pub mod image;
pub mod log;
pub mod network;
mod seccomp;
mod shim;
mod state;
mod sys;
pub mod zygote;
