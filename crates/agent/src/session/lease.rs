//! The lease in the node's eyes: when it was renewed at the latest, and when its end comes near.

use super::FromSession;
use crate::clock;
use gantry_model::NodeTime;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

/// Assumed until the control plane names another: what it does by default.
const LEASE_DEFAULT_MS: u64 = 10_000;

/// Of a lease's time, tasks that must not outlive it are warned after one half …
const WARN_AFTER_PERCENT: u64 = 50;

/// … again and again …
const WARN_AGAIN_PERCENT: u64 = 2;

/// … and are dead by this; the rest is for the kernel and for clocks that run unevenly.
const DEAD_BY_PERCENT: u64 = 90;

/// When the lease was renewed for the last time that is known here, and how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) renewed_at: NodeTime,
    pub(super) lease_ms: u64,
}

impl Lease {
    /// An agent that starts does not know how old its lease is; it may have been away for a moment only.
    pub(super) fn at_start(now: NodeTime) -> Self {
        Self { renewed_at: now, lease_ms: LEASE_DEFAULT_MS }
    }

    fn percent(&self, percent: u64) -> NodeTime {
        self.renewed_at.plus_ms(self.lease_ms * percent / 100)
    }
}

/// Tells the core each time that a lease was not renewed for too long, and again until it is: a task that comes while the lease
/// ends must not outlive it either.
pub(super) async fn watch(mut lease: watch::Receiver<Lease>, events: mpsc::Sender<FromSession>) {
    loop {
        let current = *lease.borrow_and_update();
        let (mut next, again_ms) =
            (current.percent(WARN_AFTER_PERCENT), current.lease_ms * WARN_AGAIN_PERCENT / 100);
        let kill_by = current.percent(DEAD_BY_PERCENT);
        loop {
            tokio::select! {
                () = sleep(clock::until(next)) => {}
                changed = lease.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
            }
            if events.send(FromSession::LeaseEnding { kill_by }).await.is_err() {
                return;
            }
            next = clock::now().plus_ms(again_ms);
        }
    }
}
