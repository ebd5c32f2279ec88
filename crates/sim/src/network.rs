//! The network between agents and the control plane: while faults last it loses, delays, repeats and reorders single messages
//! and breaks connections, which is worse than any stream does.

use crate::random::Random;

/// One connection of one agent; a number is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// How a network treats messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    lost_percent: u64,
    repeated_percent: u64,
    delay_ms_max: u64,
}

impl Weather {
    /// Nothing is lost or repeated, and little delayed.
    pub(crate) const CALM: Self = Self { lost_percent: 0, repeated_percent: 0, delay_ms_max: 3 };

    /// The weather of a run's faulty part.
    pub(crate) fn storm(random: &mut Random) -> Self {
        Self {
            lost_percent: random.between(0, 20),
            repeated_percent: random.between(0, 10),
            delay_ms_max: random.between(3, 400),
        }
    }

    /// After how many milliseconds a message arrives: never, once, or more than once.
    pub(crate) fn arrivals(&self, random: &mut Random) -> Vec<u64> {
        if random.percent(self.lost_percent) {
            return Vec::new();
        }
        let copies = if random.percent(self.repeated_percent) { 2 } else { 1 };
        (0..copies).map(|_| random.between(1, self.delay_ms_max + 1)).collect()
    }
}
