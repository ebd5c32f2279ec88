//! A session that stands: what is said in it, in both directions.

use super::connect::end_of;
use super::lease::Lease;
use super::{End, Farewell, FromSession, Session, said};
use crate::clock;
use gantry_link::{AgentSide, Closed, Sender, ToAgent, ToServer, Welcome};
use gantry_model::NodeTime;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long a goodbye may take to reach the control plane: a lease that is held is worth a moment, not more.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// The least time between two heartbeats, whatever the control plane says.
const HEARTBEAT_MIN_MS: u64 = 10;

/// Heartbeats that were sent and not acknowledged.
struct Heartbeats {
    sent: BTreeMap<u64, NodeTime>,
    next: u64,
    renewed_at: NodeTime,
    lease_ms: u64,
}

impl Session {
    /// Holds a session that was asked for at `asked_at`.
    pub(super) async fn hold(&mut self, mut link: AgentSide, welcome: Welcome, asked_at: NodeTime) -> End {
        let (session, lease_ms) = (welcome.session, welcome.lease_ms);
        tracing::info!(session, protocol = %welcome.protocol, "the control plane has welcomed this node");
        let mut heartbeats = Heartbeats { sent: BTreeMap::new(), next: 1, renewed_at: asked_at, lease_ms };
        let mut beat = interval(Duration::from_millis(welcome.heartbeat_ms.max(HEARTBEAT_MIN_MS)));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.renew(&heartbeats);
        self.outbox.rewind();
        if self.events.send(FromSession::Started(welcome)).await.is_err() {
            return End::Farewell;
        }
        let mut farewell = self.farewell.clone();
        loop {
            let end = tokio::select! {
                message = link.receiver.recv() => match message {
                    Ok(Some(message)) => self.take(message, session, &mut heartbeats).await,
                    Ok(None) => Some(End::Lost),
                    Err(error) => {
                        tracing::warn!(error = crate::perform::with_causes(&error), "the session broke");
                        Some(End::Lost)
                    }
                },
                () = self.outbox.news.notified() => ended(self.report(&link.sender).await),
                Some(message) = self.messages.recv() => ended(link.sender.send(message).await),
                _ = beat.tick() => heartbeats.beat(&link.sender).await,
                () = said(&mut farewell) => {
                    self.say_goodbye(link).await;
                    return End::Farewell;
                }
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Takes one message of the control plane.
    async fn take(&mut self, message: ToAgent, session: u64, heartbeats: &mut Heartbeats) -> Option<End> {
        let event = match message {
            ToAgent::Assignments(update) => FromSession::Assignments(update),
            ToAgent::OpenStream { stream, request } => FromSession::OpenStream { session, stream, request },
            ToAgent::CloseStream { stream } => FromSession::CloseStream(stream),
            ToAgent::ReportAck { sequence } => {
                self.outbox.acknowledged(sequence);
                return None;
            }
            ToAgent::HeartbeatAck { number } => {
                heartbeats.acknowledged(number);
                self.renew(heartbeats);
                return None;
            }
            ToAgent::Refused(refused) => return Some(end_of(refused)),
            ToAgent::Welcome(_) => return Some(End::Lost),
        };
        self.events.send(event).await.err().map(|_| End::Farewell)
    }

    /// Sends what waits to be reported, as far as the control plane keeps up.
    async fn report(&self, sender: &Sender<ToServer>) -> Result<(), Closed> {
        while let Some(report) = self.outbox.next(clock::now()) {
            sender.send(ToServer::Report(report)).await?;
        }
        Ok(())
    }

    fn renew(&self, heartbeats: &Heartbeats) {
        self.lease.send_replace(Lease { renewed_at: heartbeats.renewed_at, lease_ms: heartbeats.lease_ms });
    }

    async fn say_goodbye(&self, link: AgentSide) {
        let Farewell::Goodbye { restarting } = *self.farewell.borrow() else { return };
        let AgentSide { mut receiver, sender } = link;
        let said = async {
            // The control plane closes its side when it has read it.
            if sender.send(ToServer::Goodbye { restarting }).await.is_ok() {
                drop(sender);
                while let Ok(Some(_)) = receiver.recv().await {}
            }
        };
        // A lease that is not held ends by itself.
        let _ = timeout(GOODBYE_LIMIT, said).await;
    }
}

impl Heartbeats {
    async fn beat(&mut self, sender: &Sender<ToServer>) -> Option<End> {
        let now = clock::now();
        if now.ms_since(self.renewed_at) > self.lease_ms {
            tracing::warn!("the control plane has not answered for as long as the lease lasts");
            return Some(End::Lost);
        }
        let number = self.next;
        self.next += 1;
        self.sent.insert(number, now);
        ended(sender.send(ToServer::Heartbeat { number }).await)
    }

    /// The lease was renewed no earlier than when this heartbeat was sent.
    fn acknowledged(&mut self, number: u64) {
        if let Some(sent_at) = self.sent.get(&number) {
            self.renewed_at = self.renewed_at.max(*sent_at);
        }
        self.sent = self.sent.split_off(&(number + 1));
    }
}

fn ended(sent: Result<(), Closed>) -> Option<End> {
    sent.err().map(|Closed| End::Lost)
}
