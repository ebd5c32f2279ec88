//! Sessions of nodes over the link: who is connected, and the way to each node.
//!
//! Takes in connections of agents. What agents say becomes inputs of the leader; what the durable state wants of their node
//! is told to them, whole at first and then as differences. Gives out streams (logs, exec) that a node was asked for. Does
//! not know what a report or an assignment means.

mod accept;
mod report;
mod session;
mod stream;

pub(crate) use accept::{NodeTerms, serve};
pub(crate) use stream::StreamError;

use crate::stop::{Stop, Stopper};
use gantry_link::{Sender, StreamConnection, StreamHello, StreamId, StreamRequest, ToAgent};
use gantry_model::NodeId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The sessions that stand, one per node.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    nodes: Mutex<BTreeMap<NodeId, Connected>>,
}

/// One session.
#[derive(Debug)]
struct Connected {
    session: u64,
    to_agent: Sender<ToAgent>,
    /// Stops the session when a newer one takes the node over.
    stopper: Stopper,
    next_stream: u64,
    /// Streams that the agent was asked for and has not brought yet.
    awaited: BTreeMap<StreamId, oneshot::Sender<StreamConnection>>,
}

impl Sessions {
    /// Takes a node over, unless a newer session has it. What it answers is heard when a newer one comes.
    fn enter(&self, node: NodeId, session: u64, to_agent: Sender<ToAgent>) -> Option<Stop> {
        let mut nodes = self.lock();
        if nodes.get(&node).is_some_and(|known| known.session > session) {
            return None;
        }
        let (stopper, superseded) = Stopper::new();
        let connected = Connected { session, to_agent, stopper, next_stream: 1, awaited: BTreeMap::new() };
        if let Some(older) = nodes.insert(node, connected) {
            older.stopper.stop();
        }
        Some(superseded)
    }

    /// The session has ended.
    fn leave(&self, node: NodeId, session: u64) {
        let mut nodes = self.lock();
        if nodes.get(&node).is_some_and(|known| known.session == session) {
            nodes.remove(&node);
        }
    }

    /// A number for a stream that a node will be asked for, and where it will come.
    fn await_stream(
        &self,
        node: NodeId,
    ) -> Option<(StreamId, Sender<ToAgent>, oneshot::Receiver<StreamConnection>)> {
        let mut nodes = self.lock();
        let connected = nodes.get_mut(&node)?;
        let id = StreamId(connected.next_stream);
        connected.next_stream += 1;
        let (brought, stream) = oneshot::channel();
        connected.awaited.insert(id, brought);
        Some((id, connected.to_agent.clone(), stream))
    }

    /// A stream is not wanted any more.
    fn forget_stream(&self, node: NodeId, stream: StreamId) {
        if let Some(connected) = self.lock().get_mut(&node) {
            connected.awaited.remove(&stream);
        }
    }

    /// A node brings a stream; one that nobody waits for is dropped, which closes it.
    fn bring(&self, hello: StreamHello, stream: StreamConnection) {
        let mut nodes = self.lock();
        let connected = nodes.get_mut(&hello.node).filter(|known| known.session == hello.session);
        let Some(waiting) = connected.and_then(|known| known.awaited.remove(&hello.stream)) else { return };
        // Whoever waited may have gone away just now.
        let _ = waiting.send(stream);
    }

    /// Whether a session with the node stands.
    pub(crate) fn is_connected(&self, node: NodeId) -> bool {
        self.lock().contains_key(&node)
    }

    /// Asks a node for a stream.
    pub(crate) async fn open_stream(
        &self,
        node: NodeId,
        request: StreamRequest,
    ) -> Result<StreamConnection, StreamError> {
        stream::open(self, node, request).await
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<NodeId, Connected>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
