//! The agent with a fake runtime and network, against a control plane that each test plays itself.

mod control;
mod life;
mod metadata;
mod node;
mod recovery;
mod sessions;
mod streams;
mod tasks;
