//! A transaction: a clone of the state that an input works on, with what it changed. Dropped on refusal, kept otherwise.

use crate::control::Key;
use crate::entropy::Entropy;
use crate::state::{State, assignment};
use gantry_model::cause::NOTES_MAX;
use gantry_model::change::Change;
use gantry_model::record::{Record, RecordKey, Task};
use gantry_model::{NodeId, TaskId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One instant on both of the leader's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// What users see; never goes back.
    pub at: Timestamp,
    /// Monotonic milliseconds, for leases and timers.
    pub mono_ms: u64,
}

/// The state under one input's hands.
pub(crate) struct Txn {
    pub(crate) state: State,
    pub(crate) now: Instant,
    pub(crate) entropy: Entropy,
    changes: Vec<Change>,
    notes: Vec<String>,
    touched: Touched,
}

/// What a transaction leaves to do.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Controllers to run.
    pub(crate) keys: BTreeSet<Key>,
    /// Nodes whose assignments may have changed.
    pub(crate) nodes: BTreeSet<NodeId>,
}

/// What came of a transaction.
pub(crate) struct Finished {
    pub(crate) state: State,
    pub(crate) changes: Vec<Change>,
    pub(crate) notes: Vec<String>,
    pub(crate) touched: Touched,
}

impl Txn {
    pub(crate) fn new(state: State, now: Instant, seed: [u8; 32]) -> Self {
        let entropy = Entropy::new(seed);
        Self { state, now, entropy, changes: Vec::new(), notes: Vec::new(), touched: Touched::default() }
    }

    /// Writes a record.
    pub(crate) fn put(&mut self, record: impl Into<Record>) {
        self.change(Change::Put(record.into()));
    }

    /// Removes a record.
    pub(crate) fn delete(&mut self, key: RecordKey) {
        self.change(Change::Delete(key));
    }

    /// Says what was considered, for whoever asks why; beyond the limit nothing is added.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        if self.notes.len() < NOTES_MAX {
            self.notes.push(text.into());
        }
    }

    /// Asks for a controller to look at a key.
    pub(crate) fn look_at(&mut self, key: Key) {
        self.touched.keys.insert(key);
    }

    pub(crate) fn finish(self) -> Finished {
        Finished { state: self.state, changes: self.changes, notes: self.notes, touched: self.touched }
    }

    fn change(&mut self, change: Change) {
        let key = change.key();
        if let RecordKey::Task(id) = &key {
            self.touch_node(*id, &change);
        }
        self.touched.keys.extend(Key::of(&key));
        self.state.apply(&change);
        self.changes.push(change);
    }

    /// The node is told where its assignment changes: its own reports change none.
    fn touch_node(&mut self, id: TaskId, change: &Change) {
        let before = self.state.task(id);
        let after = match change {
            Change::Put(Record::Task(task)) => Some(task),
            Change::Put(_) | Change::Delete(_) => None,
        };
        let assigned = |task: Option<&Arc<Task>>| task.and_then(|task| assignment(task));
        if assigned(before) != assigned(after) {
            self.touched.nodes.extend(after.or(before).map(|task| task.spec.node));
        }
    }
}
