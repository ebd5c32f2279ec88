//! The faults that a memory store goes through, planned ahead so that a run can be repeated.

use std::collections::{BTreeMap, BTreeSet};

/// What happens to one append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: nothing is written, the store stays open.
    NoSpace,
    /// The write is refused for another passing reason: nothing is written, the store stays open.
    Failed,
    /// The disk fails in the middle of the batch. The caller cannot know what holds; loading shows it: the batch is
    /// lost if anything of it is missing, and stored if all of it had arrived.
    Torn {
        /// How many of the batch's bytes arrive: 0 loses it, `usize::MAX` stores it.
        kept_bytes: usize,
    },
}

/// Faults by the ordinal of the call that they hit, counted from 0 since the store was opened. Calls that are refused
/// for what they ask (order, fence, size) do not count.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    appends: BTreeMap<u64, Fault>,
    loads: BTreeSet<u64>,
    appends_seen: u64,
    loads_seen: u64,
}

impl FaultPlan {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// Plans a fault for the append with this ordinal.
    pub fn append(mut self, ordinal: u64, fault: Fault) -> Self {
        self.appends.insert(ordinal, fault);
        self
    }

    /// Plans that the load with this ordinal fails.
    pub fn load(mut self, ordinal: u64) -> Self {
        self.loads.insert(ordinal);
        self
    }

    /// Plans a fault for the very next append.
    pub fn hit_next_append(&mut self, fault: Fault) {
        self.appends.insert(self.appends_seen, fault);
    }

    /// Plans that the very next load fails.
    pub fn hit_next_load(&mut self) {
        self.loads.insert(self.loads_seen);
    }

    pub(super) fn next_append(&mut self) -> Option<Fault> {
        let ordinal = self.appends_seen;
        self.appends_seen += 1;
        self.appends.remove(&ordinal)
    }

    pub(super) fn next_load_fails(&mut self) -> bool {
        let ordinal = self.loads_seen;
        self.loads_seen += 1;
        self.loads.remove(&ordinal)
    }
}
