//! The last durable root: what every reader sees, and who is told when it changes.
//!
//! One writer, the leader loop, calls [`Published::publish`]; readers take a pointer and never wait.

use arc_swap::ArcSwap;
use gantry_model::NodeId;
use gantry_orchestrator::state::State;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// The durable root and its followers.
#[derive(Debug)]
pub(crate) struct Published {
    root: ArcSwap<State>,
    /// Tells whoever waits for the state to become something.
    changed: watch::Sender<u64>,
    /// The sessions of nodes, woken when their assignments may have changed.
    nodes: Mutex<BTreeMap<NodeId, Follower>>,
    /// Whether the store took what it was given last.
    writable: AtomicBool,
}

/// A session that follows the root.
#[derive(Debug)]
struct Follower {
    session: u64,
    news: Arc<Notify>,
}

impl Published {
    pub(crate) fn new(state: State) -> Arc<Self> {
        let (changed, writable) = (watch::Sender::new(state.seq()), AtomicBool::new(false));
        Arc::new(Self { root: ArcSwap::from_pointee(state), changed, nodes: Mutex::default(), writable })
    }

    /// The state as the last durable commit left it.
    pub(crate) fn state(&self) -> Arc<State> {
        self.root.load_full()
    }

    /// Shows a root and wakes the sessions of these nodes.
    pub(crate) fn publish(&self, state: State, nodes: &BTreeSet<NodeId>) -> Arc<State> {
        let seq = state.seq();
        let state = Arc::new(state);
        self.root.store(state.clone());
        self.changed.send_replace(seq);
        let followers = self.followers();
        nodes.iter().filter_map(|node| followers.get(node)).for_each(|follower| follower.news.notify_one());
        state
    }

    /// Wakes every session, as after a recovery anything may have changed. Answers which sessions stand.
    pub(crate) fn wake_all_nodes(&self) -> Vec<(NodeId, u64)> {
        let followers = self.followers();
        followers.values().for_each(|follower| follower.news.notify_one());
        followers.iter().map(|(node, follower)| (*node, follower.session)).collect()
    }

    /// Follows the root for a session. A node has one follower: the newest.
    pub(crate) fn follow(&self, node: NodeId, session: u64) -> Arc<Notify> {
        let news = Arc::new(Notify::new());
        self.followers().insert(node, Follower { session, news: news.clone() });
        news
    }

    /// Ends what [`Self::follow`] began, unless a newer session has taken its place.
    pub(crate) fn unfollow(&self, node: NodeId, session: u64) {
        let mut followers = self.followers();
        if followers.get(&node).is_some_and(|follower| follower.session == session) {
            followers.remove(&node);
        }
    }

    fn followers(&self) -> MutexGuard<'_, BTreeMap<NodeId, Follower>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marked at each new root.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether the store took what it was given last: false from a commit that failed to the next that does not.
    pub(crate) fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    pub(crate) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Ordering::Relaxed);
    }
}
