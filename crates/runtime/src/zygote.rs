//! The process that shims are forked from.
//!
//! It is this program, executed once before anything else happened in it: one thread, little memory, and a mount
//! namespace of its own without the host's many mounts, because each container begins as a copy of it. It ends with the
//! agent; what it has forked lives on.
//!
//! Takes in: orders with descriptors on its standard input. Gives out: processes. Does not know what becomes of them.

mod client;
mod main;
mod prune;

use crate::exec::ExecOrder;
use crate::failure::Failure;
use crate::shim::ContainerOrder;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub(crate) use client::Zygote;
pub use client::{ZygoteCommand, ZygoteError};
pub use main::zygote_main;

/// What the agent asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// The first order: the paths whose mounts must stay visible.
    Prune { keep: Vec<PathBuf> },
    /// Say that you are there.
    Answer,
    /// Supervise a container.
    Container(ContainerOrder),
    /// Supervise a further process in a container.
    Exec(ExecOrder),
}

/// The answer to [`Order::Prune`] and [`Order::Answer`]; the other orders are answered by whom they make.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Ready,
    Refused(Failure),
}
