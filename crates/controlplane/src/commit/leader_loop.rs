//! The loop around the sans-IO leader: inputs in, entries to the store, durable roots and outcomes out.
//!
//! ```text
//!            recovered                    a commit failed, or everything was erased
//!   Down ────────────────► Leading ───────────────────────────────────────────► Down
//!    └── back-off ◄┘          └── stop: what is in flight is finished, the rest is refused
//! ```

use super::committer::{Appended, Committer};
use super::erase::{Erase, EraseError};
use super::handle::{Ask, LeaderHandle, Outcome};
use super::recover::Recovered;
use super::retention::TRIM_EVERY_MS;
use crate::clock::{Clock, entropy};
use crate::published::Published;
use crate::stop::Stop;
use gantry_model::{NodeId, Timestamp};
use gantry_orchestrator::NodeInput;
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::leader::{Input, Leader, Next, PIPELINE_MAX, Released};
use gantry_store::{AppendError, Fence};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

/// First and longest pause between two attempts to lead. The longest one bounds how long a write waits for its refusal.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// When a new leader first trims the history: not while it has better things to do.
const FIRST_TRIM_AFTER: Duration = Duration::from_secs(60);

type Ticket = oneshot::Sender<Outcome>;

/// Everything that leads.
pub(crate) struct LeaderLoop {
    asks: mpsc::Receiver<Ask>,
    committer: Committer,
    published: Arc<Published>,
    clock: Clock,
    /// The right to write, once it is acquired.
    fence: Option<Fence>,
    /// The term to begin with.
    next: Option<Term>,
    back_off: Duration,
    stop: Stop,
}

/// What to erase and whom to tell.
type Erasure = (Erase, oneshot::Sender<Result<(), EraseError>>);

/// One term: a leader and what it has in flight.
struct Term {
    leader: Leader<Ticket>,
    fence: Fence,
    in_flight: VecDeque<(u64, Appended)>,
    erasure: Option<Erasure>,
    next_trim: Instant,
}

impl LeaderLoop {
    /// A loop that starts from `recovered`, whose root is published at once.
    pub(crate) fn new(
        committer: Committer,
        recovered: Recovered,
        stop: Stop,
    ) -> (Self, LeaderHandle, Arc<Published>) {
        let clock = Clock::start();
        let fence = recovered.fence.as_ref().ok().copied();
        let leader = leader_of(recovered, fence, &clock);
        let published = Published::new(leader.state().clone());
        published.set_writable(fence.is_some());
        let (handle, asks) = LeaderHandle::new(published.clone());
        let next = fence.map(|fence| Term::new(leader, fence));
        let back_off = BACK_OFF.0;
        let this = Self { asks, committer, published: published.clone(), clock, fence, next, back_off, stop };
        (this, handle, published)
    }

    /// Leads until it is told to stop.
    pub(crate) async fn run(mut self) {
        while !self.stop.is_wished() {
            match self.next.take() {
                Some(term) => self.lead(term).await,
                None => self.wait().await,
            }
            if self.next.is_none() && !self.stop.is_wished() {
                self.next = self.recover().await;
            }
        }
        self.published.set_writable(false);
        self.asks.close();
        self.refuse_waiting();
        self.committer.close().await;
    }

    async fn recover(&mut self) -> Option<Term> {
        let term = match self.committer.recover(self.fence).await {
            Ok(recovered) => {
                match &recovered.fence {
                    // To acquire is to write.
                    Ok(_) if self.fence.is_none() => self.published.set_writable(true),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "the store cannot be acquired: reads go on, writes are refused")
                    }
                }
                self.fence = recovered.fence.as_ref().ok().copied();
                let mut leader = leader_of(recovered, self.fence, &self.clock);
                self.published.publish(leader.state().clone(), &BTreeSet::new());
                self.published.wake_all_nodes().into_iter().for_each(|standing| hear(&mut leader, standing));
                self.fence.map(|fence| Term::new(leader, fence))
            }
            Err(error) => {
                tracing::error!(error = %chain(&error), "the store cannot be loaded: reads go on, writes are refused");
                self.published.set_writable(false);
                None
            }
        };
        if term.is_none() {
            self.refuse_waiting();
        }
        term
    }

    /// Leads one term, until the store fails or the control plane stops.
    async fn lead(&mut self, mut term: Term) {
        loop {
            self.compute(&mut term);
            if let Some(erasure) = term.erasure.take_if(|_| term.in_flight.is_empty()) {
                return self.erase(erasure, term).await;
            }
            let pause = self.pause(&term);
            tokio::select! {
                biased;
                appended = next_appended(&mut term.in_flight) => match appended {
                    Ok(seq) => self.committed(&mut term, seq),
                    Err(error) => return self.failed(term, &error).await,
                },
                Some(ask) = self.asks.recv() => self.take(&mut term, ask),
                () = sleep(pause) => {}
                () = self.stop.wished(), if term.in_flight.is_empty() => return self.end(term),
            }
        }
    }

    /// Computes whatever can be computed now.
    fn compute(&mut self, term: &mut Term) {
        while term.in_flight.len() < PIPELINE_MAX && term.erasure.is_none() {
            match term.leader.begin(self.clock.now(), entropy()) {
                Next::Idle => break,
                Next::Release(released) => self.release(released),
                Next::Commit(entry) => {
                    let seq = entry.seq;
                    term.in_flight.push_back((seq, self.committer.append(entry, term.fence)));
                }
            }
        }
        if Instant::now() >= term.next_trim {
            term.next_trim += Duration::from_millis(TRIM_EVERY_MS);
            self.committer.trim(Timestamp(self.clock.now().wall_ms), term.fence);
        }
    }

    /// How long nothing needs to be done although nothing comes.
    fn pause(&self, term: &Term) -> Duration {
        let to_trim = term.next_trim.saturating_duration_since(Instant::now());
        if term.in_flight.len() >= PIPELINE_MAX || term.erasure.is_some() {
            return to_trim;
        }
        term.leader.wake_at_ms().map_or(to_trim, |wake| to_trim.min(self.clock.until(wake)))
    }

    /// Takes an ask and all that wait behind it, so that they share a commit.
    fn take(&mut self, term: &mut Term, first: Ask) {
        let mut next = Some(first);
        while let Some(ask) = next {
            match ask {
                Ask::Input(input, ticket) => self.submit(term, input, ticket),
                Ask::Erase(erase, reply) => term.erasure = Some((erase, reply)),
            }
            next = self.asks.try_recv().ok();
        }
    }

    fn submit(&self, term: &mut Term, input: Input, ticket: Ticket) {
        if let Err(ticket) = term.leader.submit(input, ticket) {
            self.refuse(ticket, Refusal::Overloaded);
        }
    }

    fn committed(&mut self, term: &mut Term, seq: u64) {
        self.back_off = BACK_OFF.0;
        self.published.set_writable(true);
        let released = term.leader.committed(seq);
        self.release(released);
    }

    fn release(&self, released: Released<Ticket>) {
        let state = self.published.publish(released.state, &released.nodes);
        for (ticket, result) in released.replies {
            // A client that has gone away does not hear what became of its request.
            let _ = ticket.send(Outcome { state: state.clone(), result });
        }
    }

    async fn failed(&mut self, term: Term, error: &AppendError) {
        tracing::error!(error = %chain(error), "a commit failed: writes are refused until the store commits again");
        self.published.set_writable(false);
        self.end(term);
        self.wait().await;
    }

    fn end(&self, term: Term) {
        term.leader.failed().into_iter().for_each(|ticket| self.refuse(ticket, Refusal::NotCommitted));
    }

    /// Erases between two terms. Whoever asked hears of it when readers see it too.
    async fn erase(&mut self, (erase, reply): Erasure, term: Term) {
        let at = Timestamp(self.clock.now().wall_ms);
        let erased = self.committer.erase(Erase { fence: Some(term.fence), at, ..erase }).await;
        self.end(term);
        self.next = self.recover().await;
        // Whoever asked may have gone away.
        let _ = reply.send(erased);
    }

    fn refuse_waiting(&mut self) {
        while let Ok(ask) = self.asks.try_recv() {
            match ask {
                Ask::Input(_, ticket) => self.refuse(ticket, Refusal::NotCommitted),
                Ask::Erase(_, reply) => drop(reply.send(Err(EraseError::NotLeading))),
            }
        }
    }

    fn refuse(&self, ticket: Ticket, refusal: Refusal) {
        let _ = ticket.send(Outcome { state: self.published.state(), result: Err(refusal) });
    }

    /// Waits before the next attempt, longer each time.
    async fn wait(&mut self) {
        let pause = self.back_off;
        self.back_off = (pause * 2).min(BACK_OFF.1);
        let deadline = Instant::now() + pause;
        tokio::select! {
            () = sleep_until(deadline) => {}
            () = self.stop.wished() => {}
        }
    }
}

impl Term {
    fn new(leader: Leader<Ticket>, fence: Fence) -> Self {
        let next_trim = Instant::now() + FIRST_TRIM_AFTER;
        Self { leader, fence, in_flight: VecDeque::new(), erasure: None, next_trim }
    }
}

fn leader_of(recovered: Recovered, fence: Option<Fence>, clock: &Clock) -> Leader<Ticket> {
    let epoch = fence.map_or(0, |fence| fence.0);
    Leader::recover(recovered.records, recovered.last_seq, recovered.last_at, epoch, clock.now())
}

/// Which sessions stand is an observation: a new term learns it from those that it has taken over.
fn hear(leader: &mut Leader<Ticket>, (node, session): (NodeId, u64)) {
    let (nobody, _) = oneshot::channel();
    if leader.submit(Input::Node(NodeInput::Heard { node, session }), nobody).is_err() {
        tracing::warn!(%node, "there are more nodes than the queue has room for: the next heartbeat will do");
    }
}

/// The number of the oldest entry in flight, once it is durable; never completes when nothing is in flight.
async fn next_appended(in_flight: &mut VecDeque<(u64, Appended)>) -> Result<u64, AppendError> {
    let Some((seq, appended)) = in_flight.front_mut() else { return std::future::pending().await };
    let gone = || AppendError::Failed("the store's thread has ended".into());
    let (seq, result) = (*seq, appended.await.unwrap_or_else(|_| Err(gone())));
    in_flight.pop_front();
    result.map(|()| seq)
}

/// An error with its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text += &format!(": {source}");
        next = source.source();
    }
    text
}
