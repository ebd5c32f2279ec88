//! When to look at which key again: one deadline per key, the earliest first.

use crate::control::Key;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(u64, Key)>,
    by_key: BTreeMap<Key, u64>,
}

impl Timers {
    /// Sets or clears a key's deadline, in monotonic milliseconds.
    pub(super) fn set(&mut self, key: Key, deadline_ms: Option<u64>) {
        if let Some(old) = self.by_key.remove(&key) {
            self.by_time.remove(&(old, key.clone()));
        }
        if let Some(deadline_ms) = deadline_ms {
            self.by_key.insert(key.clone(), deadline_ms);
            self.by_time.insert((deadline_ms, key));
        }
    }

    /// Takes a key whose deadline has come.
    pub(super) fn take_due(&mut self, now_ms: u64) -> Option<Key> {
        let due = self.by_time.first().filter(|(deadline_ms, _)| *deadline_ms <= now_ms)?.1.clone();
        self.set(due.clone(), None);
        Some(due)
    }

    /// The earliest deadline.
    pub(super) fn earliest_ms(&self) -> Option<u64> {
        self.by_time.first().map(|(deadline_ms, _)| *deadline_ms)
    }
}
