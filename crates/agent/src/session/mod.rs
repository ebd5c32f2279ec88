//! The session with the control plane: connected whenever there is one, for as long as the agent lives.
//!
//! Takes in what the core wants said, and reports from the outbox. Gives out to the core what the control plane says, and
//! when the lease comes to its end. Does not know what an assignment means.

mod connect;
mod hold;
mod lease;

use crate::clock;
use crate::limits::{REFUSED_PAUSE_MS, SESSION_EVENTS_MAX, SESSION_MESSAGES_MAX};
use crate::outbox::Outbox;
use connect::Backoff;
use gantry_link::{Dialer, Hello, StreamId, StreamRequest, ToServer, Welcome};
use gantry_model::NodeTime;
use gantry_model::view::AssignmentUpdate;
use lease::Lease;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What the core hears.
#[derive(Debug)]
pub(crate) enum FromSession {
    /// A session began.
    Started(Welcome),
    /// What to run.
    Assignments(AssignmentUpdate),
    /// The lease was not renewed for half of its time.
    LeaseEnding {
        /// When what must not outlive it has to be dead.
        kill_by: NodeTime,
    },
    /// A stream is wanted.
    OpenStream {
        /// In which session.
        session: u64,
        /// Which stream.
        stream: StreamId,
        /// What it shall carry.
        request: StreamRequest,
    },
    /// A stream is not wanted any more.
    CloseStream(StreamId),
    /// Another agent of this node is newer: this one must not act any more.
    Superseded(String),
}

/// How the agent ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// Not yet.
    None,
    /// With a word: whether it comes back at once.
    Goodbye { restarting: bool },
}

/// The core's side of the session.
#[derive(Debug)]
pub(crate) struct SessionHandle {
    pub(crate) events: mpsc::Receiver<FromSession>,
    pub(crate) messages: mpsc::Sender<ToServer>,
    /// The session's own task; it ends after a farewell.
    pub(crate) task: JoinHandle<()>,
    lease_task: JoinHandle<()>,
}

/// What the session needs.
pub(super) struct Session {
    dialer: Dialer,
    hello: Hello,
    outbox: Arc<Outbox>,
    events: mpsc::Sender<FromSession>,
    messages: mpsc::Receiver<ToServer>,
    lease: watch::Sender<Lease>,
    farewell: watch::Receiver<Farewell>,
}

/// How a connection ended.
enum End {
    /// It broke, or the control plane closed it.
    Lost,
    /// The control plane does not want it for now.
    Refused(String),
    /// Only an upgrade helps.
    Incompatible(String),
    /// A newer session has the node.
    Superseded(String),
    /// The agent ends.
    Farewell,
}

/// Begins to connect.
pub(crate) fn start(
    dialer: Dialer,
    hello: Hello,
    outbox: Arc<Outbox>,
    farewell: watch::Receiver<Farewell>,
) -> SessionHandle {
    let (events, from_session) = mpsc::channel(SESSION_EVENTS_MAX);
    let (to_session, messages) = mpsc::channel(SESSION_MESSAGES_MAX);
    let lease = watch::Sender::new(Lease::at_start(clock::now()));
    let lease_task = tokio::spawn(lease::watch(lease.subscribe(), events.clone()));
    let session = Session { dialer, hello, outbox, events, messages, lease, farewell };
    let task = tokio::spawn(session.run());
    SessionHandle { events: from_session, messages: to_session, task, lease_task }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.task.abort();
        self.lease_task.abort();
    }
}

impl Session {
    /// Connects again and again.
    async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let pause = match self.connect(&mut backoff).await {
                End::Farewell => return,
                End::Superseded(text) => {
                    tracing::error!(text, "another agent of this node is newer: this one stops acting");
                    // The core may have gone already.
                    let _ = self.events.send(FromSession::Superseded(text)).await;
                    return;
                }
                End::Incompatible(text) => {
                    tracing::error!(text, "the control plane cannot be talked to");
                    Duration::from_millis(REFUSED_PAUSE_MS)
                }
                End::Refused(text) => {
                    tracing::warn!(text, "the control plane refuses the session");
                    backoff.next()
                }
                End::Lost => backoff.next(),
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = said(&mut self.farewell) => return,
            }
        }
    }
}

/// Completes when the agent shall end, or is gone.
async fn said(farewell: &mut watch::Receiver<Farewell>) {
    // An error means that nobody is left to say it.
    let _ = farewell.wait_for(|farewell| *farewell != Farewell::None).await;
}
