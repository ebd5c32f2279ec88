//! The node's time, and what of it people see.

use gantry_model::NodeTime;
use jiff::Timestamp;
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;

/// Now, in milliseconds since the machine booted; it goes on while the machine sleeps.
pub(crate) fn now() -> NodeTime {
    NodeTime(ms(clock_gettime(ClockId::Boottime)))
}

/// Now by the wall clock: milliseconds since 1970.
pub(crate) fn wall_ms() -> u64 {
    ms(clock_gettime(ClockId::Realtime))
}

/// How long until a node's time; nothing when it is past.
pub(crate) fn until(at: NodeTime) -> Duration {
    Duration::from_millis(at.ms_since(now()))
}

/// A node's time as RFC 3339, by today's reading of the wall clock.
pub(crate) fn rfc3339(at: NodeTime) -> String {
    wall_rfc3339(wall_ms().saturating_sub(now().ms_since(at)))
}

/// The wall clock's milliseconds as RFC 3339.
pub(crate) fn wall_rfc3339(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn ms(time: Timespec) -> u64 {
    // Both clocks count up from zero, so neither part is negative.
    time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_of_the_node_reads_as_wall_time() {
        assert_eq!(wall_rfc3339(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        let text = rfc3339(now());
        assert!(text.starts_with("20") && text.ends_with('Z'), "{text}");
    }
}
