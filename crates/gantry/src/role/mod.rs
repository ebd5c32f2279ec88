//! The roles that run: the control plane, a node, and what both need from the process.
//!
//! Takes in checked configuration; gives out running parts that are stopped in order. Does not know how they were asked
//! for.

pub(crate) mod host;
pub(crate) mod node;
mod pretend;
pub(crate) mod server;
mod signals;

pub(crate) use signals::Signals;

use anyhow::{Context as _, Result};

/// Threads that wait for events: requests are short, and each thread costs memory.
const WORKER_THREADS: usize = 2;

/// Runs a role to its end.
pub(crate) fn block_on<T>(role: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(WORKER_THREADS).enable_all().build();
    runtime.context("cannot start the threads")?.block_on(role)
}
