//! One session: what the agent says becomes inputs, what the durable state wants is told.

use super::report;
use super::report::REPORTS_MAX;
use crate::commit::Outcome;
use crate::plane::Plane;
use crate::stop::Stop;
use gantry_link::{Receiver, Refused, RefusedBecause, Sender, ServerSide, ToAgent, ToServer, Welcome};
use gantry_model::NodeId;
use gantry_model::view::NodeReport;
use gantry_orchestrator::NodeInput;
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::leader::Input;
use gantry_orchestrator::publish::NodeView;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Pause before a heartbeat that could not be noted is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// A heartbeat on its way to the leader; a session that ends meanwhile lets it arrive.
type Noting = JoinHandle<Outcome>;

/// What a session says and was told.
struct Session {
    plane: Arc<Plane>,
    node: NodeId,
    session: u64,
    sender: Sender<ToAgent>,
    /// What the agent was told.
    view: NodeView,
    /// A heartbeat that the leader has not yet noted, with its number. Of further ones only the newest waits.
    heard: Option<(u64, Noting)>,
    waiting_heartbeat: Option<u64>,
    reports: mpsc::Sender<NodeReport>,
}

/// How a session ended.
enum End {
    /// The connection closed.
    Closed,
    /// The agent said goodbye.
    Goodbye {
        /// It comes back at once.
        restarting: bool,
    },
    /// The leader does not take this session's word any more: a newer one has the node, or its lease has ended.
    Stale,
}

impl Session {
    /// Tells the agent what changed since it was told last.
    async fn tell(&mut self) -> Option<End> {
        let update = self.view.update(&self.plane.published.state(), self.node)?;
        self.say(ToAgent::Assignments(update)).await
    }

    async fn say(&self, message: ToAgent) -> Option<End> {
        self.sender.send(message).await.err().map(|_| End::Closed)
    }

    async fn take(&mut self, message: ToServer) -> Option<End> {
        match message {
            // There is room, or the message would not have been read; the queue is closed only to a session that is over.
            ToServer::Report(report) => self.reports.try_send(report).err().map(|_| End::Stale),
            ToServer::Heartbeat { number } => {
                self.waiting_heartbeat = Some(number);
                self.note_heartbeat(Duration::ZERO);
                self.view.heard();
                self.tell().await
            }
            ToServer::Resync => {
                self.view = NodeView::default();
                self.tell().await
            }
            ToServer::Applied { generation } => {
                self.view.applied(generation);
                None
            }
            ToServer::Goodbye { restarting } => Some(End::Goodbye { restarting }),
        }
    }

    /// Tells the leader of the newest heartbeat, one at a time.
    fn note_heartbeat(&mut self, pause: Duration) {
        if self.heard.is_none()
            && let Some(number) = self.waiting_heartbeat.take()
        {
            let (leader, node, session) = (self.plane.leader.clone(), self.node, self.session);
            let ask = async move {
                sleep(pause).await;
                leader.ask(Input::Node(NodeInput::Heard { node, session })).await
            };
            self.heard = Some((number, tokio::spawn(ask)));
        }
    }

    /// The leader has noted a heartbeat: the lease is renewed in the agent's eyes too.
    async fn heard(&mut self, number: u64, outcome: Outcome) -> Option<End> {
        self.heard = None;
        match outcome.result {
            Ok(_) => {
                self.note_heartbeat(Duration::ZERO);
                self.say(ToAgent::HeartbeatAck { number }).await
            }
            Err(Refusal::StaleSession) => Some(End::Stale),
            // The leader may just be changing its term: no lease shall end because of that.
            Err(_) => {
                self.waiting_heartbeat.get_or_insert(number);
                self.note_heartbeat(RETRY_PAUSE);
                None
            }
        }
    }
}

/// A node's session: what it says, and the parts that its loop waits for.
pub(super) struct SessionLoop {
    session: Session,
    receiver: Receiver<ToServer>,
    /// Numbers of reports that are durable.
    durable: mpsc::Receiver<u64>,
    committing: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl SessionLoop {
    pub(super) fn new(plane: Arc<Plane>, node: NodeId, session: u64, link: ServerSide) -> Self {
        let (reports, queue) = mpsc::channel(REPORTS_MAX);
        let (acknowledge, durable) = mpsc::channel(REPORTS_MAX);
        let leader = plane.leader.clone();
        let committing = Box::pin(report::commit(leader, node, session, queue, acknowledge));
        let (sender, view) = (link.sender, NodeView::default());
        let session =
            Session { plane, node, session, sender, view, heard: None, waiting_heartbeat: None, reports };
        Self { session, receiver: link.receiver, durable, committing }
    }

    /// Serves the session to its end, which it then makes known.
    pub(super) async fn run(mut self, welcome: Welcome) {
        let (plane, node, number) = (self.session.plane.clone(), self.session.node, self.session.session);
        let sender = self.session.sender.clone();
        let Some(superseded) = plane.sessions.enter(node, number, sender) else {
            self.refuse().await;
            return;
        };
        let news = plane.published.follow(node, number);
        let end = self.serve(welcome, &news, superseded).await;
        plane.published.unfollow(node, number);
        plane.sessions.leave(node, number);
        self.left(end).await;
    }

    async fn serve(&mut self, welcome: Welcome, news: &Notify, mut superseded: Stop) -> End {
        if self.session.say(ToAgent::Welcome(welcome)).await.is_some() || self.session.tell().await.is_some()
        {
            return End::Closed;
        }
        loop {
            let room = self.session.reports.capacity() > 0;
            let end = tokio::select! {
                message = self.receiver.recv(), if room => match message {
                    Ok(Some(message)) => self.session.take(message).await,
                    Ok(None) => Some(End::Closed),
                    Err(error) => {
                        tracing::warn!(node = %self.session.node, %error, "the connection of a node broke");
                        Some(End::Closed)
                    }
                },
                () = news.notified() => self.session.tell().await,
                (number, outcome) = next_heard(&mut self.session.heard) => self.session.heard(number, outcome).await,
                Some(sequence) = self.durable.recv() => self.session.say(ToAgent::ReportAck { sequence }).await,
                () = &mut self.committing => Some(End::Stale),
                () = superseded.wished() => Some(End::Stale),
                () = self.session.sender.closed() => Some(End::Closed),
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    async fn left(self, end: End) {
        let restarting = match end {
            End::Closed => false,
            End::Goodbye { restarting } => restarting,
            End::Stale => return self.refuse().await,
        };
        let (node, session) = (self.session.node, self.session.session);
        // A store that cannot commit does not matter: leaving is an observation.
        let _ =
            self.session.plane.leader.ask(Input::Node(NodeInput::Left { node, session, restarting })).await;
    }

    /// Of two agents with one identity the newer wins, and the older is told to act no more. A node that was only given
    /// up may join again.
    async fn refuse(self) {
        let (node, session) = (self.session.node, self.session.session);
        let newest = self.session.plane.published.state().node(node).map_or(0, |node| node.session);
        let refused = if newest > session {
            let text = format!("session {newest} of this node is newer than this one, {session}");
            Refused { because: RefusedBecause::Superseded, text }
        } else {
            let text = "the node's lease has ended: join again".to_owned();
            Refused { because: RefusedBecause::Unavailable, text }
        };
        // It may have gone away already.
        let _ = self.session.say(ToAgent::Refused(refused)).await;
    }
}

/// The heartbeat that the leader has noted; never completes when none is under way.
async fn next_heard(heard: &mut Option<(u64, Noting)>) -> (u64, Outcome) {
    if let Some((number, outcome)) = heard
        && let Ok(outcome) = outcome.await
    {
        return (*number, outcome);
    }
    std::future::pending().await
}
