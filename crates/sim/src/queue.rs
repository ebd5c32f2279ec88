//! What will happen, by virtual time; what was planned earlier comes first among equals.

use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct Queue<T> {
    events: BTreeMap<(u64, u64), T>,
    planned: u64,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { events: BTreeMap::new(), planned: 0 }
    }

    /// Plans an event at a virtual millisecond.
    pub(crate) fn at(&mut self, time_ms: u64, event: T) {
        self.planned += 1;
        self.events.insert((time_ms, self.planned), event);
    }

    /// The next event with its time.
    pub(crate) fn next(&mut self) -> Option<(u64, T)> {
        self.events.pop_first().map(|((time_ms, _), event)| (time_ms, event))
    }
}
