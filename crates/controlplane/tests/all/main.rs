//! A real control plane on a memory store: real HTTP, real signatures, a played agent on the link.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod connections;
mod durability;
mod front_door;
mod harness;
mod platform;
mod sessions;
