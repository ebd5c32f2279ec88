//! What the tests share: a control plane to talk to, a client, an agent and a store with a switch.

mod agent;
mod client;
mod store;
mod world;

pub(crate) use agent::{Agent, seen};
pub(crate) use client::{Answer, RawRequest};
pub(crate) use store::Mode;
pub(crate) use world::World;

use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// Waits for something that must happen.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(LIMIT, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited too long for: {what}"),
    }
}
