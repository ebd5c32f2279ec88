//! The commit loop as a value: which inputs wait, which batch is in flight, which root is durable, which replies may go.
//!
//! Takes in inputs with tickets, time and entropy; gives out journal entries to append and, once one is durable, the replies
//! and the root that may be shown. The next batch may be computed on a root that is not yet durable; nothing of it is shown.
//! A commit that fails ends this value: the shell answers the tickets, loads the store again and starts a new leader. It does
//! no I/O and does not know what a ticket is.
//!
//! ```text
//!            submit            begin                 committed
//! inputs ─────────────► queue ───────► in flight ─────────────► durable: replies, root, nodes to tell
//!                                          │ failed
//!                                          └────────► tickets, then recover()
//! ```

mod batch;
mod clock;
mod timers;

pub use clock::Now;

use crate::apply::node::NodeInput;
use crate::command::{Refusal, Reply, Request};
use crate::control::Key;
use crate::state::{Contact, State};
use batch::Draft;
use clock::LeaderClock;
use gantry_model::change::JournalEntry;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::{Installation, NodeStatus, Record};
use gantry_model::{NodeId, Timestamp};
use std::collections::{BTreeSet, VecDeque};
use timers::Timers;

/// What the control plane reacts to.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The first start: makes the installation and its default VPC.
    Install(Installation),
    /// A client's write.
    Request(Request),
    /// A node's message.
    Node(NodeInput),
}

/// Inputs that may wait: beyond these a client is told to come again, so that memory and latency stay bounded.
pub const QUEUE_MAX: usize = 4096;

/// Batches in flight: one being written and one computed behind it keep store and core busy; more would only add latency.
pub const PIPELINE_MAX: usize = 2;

/// Inputs of one batch: bounds its size and how long the next input waits.
const BATCH_INPUTS_MAX: usize = 256;

/// Controllers run for one batch, for the same reason.
const BATCH_RECONCILES_MAX: usize = 256;

/// The commit loop. `T` is what the shell needs to answer an input.
#[derive(Debug)]
pub struct Leader<T> {
    head: State,
    clock: LeaderClock,
    epoch: u64,
    next_seq: u64,
    queue: VecDeque<(Input, T)>,
    dirty: BTreeSet<Key>,
    timers: Timers,
    in_flight: VecDeque<InFlight<T>>,
}

#[derive(Debug)]
struct InFlight<T> {
    seq: u64,
    released: Released<T>,
}

/// What may be shown.
#[derive(Debug)]
pub struct Released<T> {
    /// The answers of this batch's inputs.
    pub replies: Vec<(T, Result<Reply, Refusal>)>,
    /// The root that readers get.
    pub state: State,
    /// Nodes whose assignments may have changed.
    pub nodes: BTreeSet<NodeId>,
}

/// What the shell has to do next.
#[derive(Debug)]
pub enum Next<T> {
    /// Nothing, until something comes or [`Leader::wake_at_ms`].
    Idle,
    /// Append this entry and then call [`Leader::committed`] or [`Leader::failed`].
    Commit(JournalEntry),
    /// Show this at once: nothing changed that has to be durable.
    Release(Released<T>),
}

impl<T> Leader<T> {
    /// A leader on stored rows. `last` is the time of the last entry and `last_seq` its number. Every node gets a fresh
    /// lease, and every key is looked at once.
    pub fn recover(
        rows: impl IntoIterator<Item = Record>,
        last_seq: u64,
        last: Timestamp,
        epoch: u64,
        now: Now,
    ) -> Self {
        let mut head = State { seq: last_seq, ..State::default() };
        let kept = rows.into_iter().filter(|record| !overlooked(record));
        kept.for_each(|record| head.apply(&gantry_model::change::Change::Put(record)));
        let active = head.nodes.values().filter(|node| node.status == NodeStatus::Active);
        let contact =
            |session| Contact { session, heard_at_ms: now.mono_ms, connected: false, held_until_ms: 0 };
        head.contacts = active.map(|node| (node.id, contact(node.session))).collect();
        Self {
            dirty: Key::all(&head).collect(),
            head,
            clock: LeaderClock::start(now, last),
            epoch,
            next_seq: last_seq + 1,
            queue: VecDeque::new(),
            timers: Timers::default(),
            in_flight: VecDeque::new(),
        }
    }

    /// The root as loaded: what readers see before the first batch.
    pub fn state(&self) -> &State {
        &self.head
    }

    /// Queues an input.
    ///
    /// # Errors
    /// The ticket, when the queue is full.
    pub fn submit(&mut self, input: Input, ticket: T) -> Result<(), T> {
        if self.queue.len() >= QUEUE_MAX {
            return Err(ticket);
        }
        self.queue.push_back((input, ticket));
        Ok(())
    }

    /// Computes the next batch from what waits. `entropy` seeds every choice of the batch.
    pub fn begin(&mut self, now: Now, entropy: [u8; 32]) -> Next<T> {
        if self.in_flight.len() >= PIPELINE_MAX {
            return Next::Idle;
        }
        let now = self.clock.advance(now);
        while let Some(key) = self.timers.take_due(now.mono_ms) {
            self.dirty.insert(key);
        }
        if self.queue.is_empty() && self.dirty.is_empty() {
            return Next::Idle;
        }
        let mut draft = Draft::new(self.head.clone(), now, entropy);
        for (input, ticket) in self.queue.drain(..self.queue.len().min(BATCH_INPUTS_MAX)) {
            draft.input(&input, ticket, &mut self.dirty);
        }
        for _ in 0..BATCH_RECONCILES_MAX {
            let Some(key) = self.dirty.pop_first() else { break };
            let wake = draft.reconcile(&key, &mut self.dirty);
            self.timers.set(key, wake);
        }
        self.launch(draft)
    }

    fn launch(&mut self, draft: Draft<T>) -> Next<T> {
        let (steps, mut released, at) = draft.finish();
        if steps.is_empty() {
            return self.release_behind(released);
        }
        let seq = self.next_seq;
        self.next_seq += 1;
        released.state.seq = seq;
        self.head = released.state.clone();
        self.in_flight.push_back(InFlight { seq, released });
        Next::Commit(JournalEntry { seq, at, epoch: self.epoch, steps })
    }

    /// A batch that changed nothing durable: its answers may rest on a root that is still in flight, so they wait for it.
    fn release_behind(&mut self, released: Released<T>) -> Next<T> {
        self.head = released.state.clone();
        let behind = self.in_flight.back_mut().filter(|_| !suffers(Bug::AnswerBeforeDurable));
        let Some(last) = behind else { return Next::Release(released) };
        last.released.replies.extend(released.replies);
        last.released.nodes.extend(released.nodes);
        last.released.state = released.state;
        Next::Idle
    }

    /// The entry is durable: what may be shown now.
    ///
    /// # Panics
    /// When `seq` is not the oldest entry in flight: the shell commits in order.
    pub fn committed(&mut self, seq: u64) -> Released<T> {
        let oldest = self.in_flight.pop_front().expect("an entry is in flight");
        assert_eq!(oldest.seq, seq, "entries are committed in order");
        oldest.released
    }

    /// The commit failed: the tickets of everything that was in flight or waiting. The leader must not be used again.
    pub fn failed(self) -> Vec<T> {
        let in_flight = self.in_flight.into_iter().flat_map(|batch| batch.released.replies);
        in_flight.map(|(ticket, _)| ticket).chain(self.queue.into_iter().map(|(_, ticket)| ticket)).collect()
    }

    /// The monotonic millisecond at which [`Self::begin`] has something to do although nothing comes; 0 means now.
    pub fn wake_at_ms(&self) -> Option<u64> {
        if self.queue.is_empty() && self.dirty.is_empty() { self.timers.earliest_ms() } else { Some(0) }
    }
}

/// Where [`Bug::TasksForgottenAtStart`] is planted; otherwise nothing is overlooked.
fn overlooked(record: &Record) -> bool {
    suffers(Bug::TasksForgottenAtStart) && matches!(record, Record::Task(task) if task.id.0[0] < 64)
}
