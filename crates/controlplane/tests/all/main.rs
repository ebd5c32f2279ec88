//! A real control plane on a memory store: real HTTP, real signatures, a played agent on the link.

mod connections;
mod durability;
mod front_door;
mod harness;
mod platform;
mod sessions;
