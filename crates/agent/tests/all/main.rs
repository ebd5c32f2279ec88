//! The agent against a control plane that each test plays itself: with a fake runtime and network, and with real containers,
//! which need root.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod control;
mod embedded;
mod life;
mod metadata;
mod node;
mod recovery;
mod sessions;
mod streams;
mod tasks;
