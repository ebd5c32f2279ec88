//! The leader's clock: starts at the later of what was stored and the wall clock, runs with monotonic time while the leader
//! leads, and is drawn towards the wall clock by a bounded amount. Time stamps never go back, and a wall clock that jumps by
//! an hour neither freezes timers nor fires them all.

use crate::txn::Instant;
use gantry_model::Timestamp;
use gantry_model::planted::{Bug, suffers};

/// What the shell reads before each batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970 by the machine's wall clock.
    pub wall_ms: i64,
    /// Milliseconds of a clock that only runs forward.
    pub mono_ms: u64,
}

/// How much of each passing millisecond may be used to correct towards the wall clock: a twentieth.
const CORRECTION_SHARE: i64 = 20;

#[derive(Debug, Clone)]
pub(super) struct LeaderClock {
    shown_ms: i64,
    mono_ms: u64,
}

impl LeaderClock {
    /// Starts at the later of the wall clock and the last time stamp that was stored.
    pub(super) fn start(now: Now, high_water: Timestamp) -> Self {
        Self { shown_ms: now.wall_ms.max(high_water.0), mono_ms: now.mono_ms }
    }

    /// Advances to `now`.
    pub(super) fn advance(&mut self, now: Now) -> Instant {
        if suffers(Bug::ClockFollowsWall) {
            return Instant { at: Timestamp(now.wall_ms), mono_ms: now.mono_ms };
        }
        let passed_ms = now.mono_ms.saturating_sub(self.mono_ms) as i64;
        let uncorrected_ms = self.shown_ms + passed_ms;
        let correction_max_ms = passed_ms / CORRECTION_SHARE;
        let correction_ms = (now.wall_ms - uncorrected_ms).clamp(-correction_max_ms, correction_max_ms);
        self.shown_ms = uncorrected_ms + correction_ms;
        self.mono_ms = self.mono_ms.max(now.mono_ms);
        Instant { at: Timestamp(self.shown_ms), mono_ms: self.mono_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_jump_of_the_wall_clock_is_approached_slowly_and_never_backwards() {
        let mut clock = LeaderClock::start(Now { wall_ms: HOUR_MS, mono_ms: 0 }, Timestamp(0));
        let back = clock.advance(Now { wall_ms: 1000, mono_ms: 1000 });
        assert_eq!(back.at, Timestamp(HOUR_MS + 950));
        let forth = clock.advance(Now { wall_ms: 9 * HOUR_MS, mono_ms: 2000 });
        assert_eq!(forth.at, Timestamp(HOUR_MS + 2000));
    }

    #[test]
    fn a_restart_begins_behind_what_was_stored() {
        let mut clock = LeaderClock::start(Now { wall_ms: 5, mono_ms: 0 }, Timestamp(HOUR_MS));
        assert!(clock.advance(Now { wall_ms: 6, mono_ms: 1 }).at > Timestamp(HOUR_MS));
    }
}
