//! Waiting with a limit for what must come.

use std::time::{Duration, Instant};

/// How often a condition is looked at again. Only for things without an event of their own.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Waits until `condition` gives something.
///
/// # Panics
/// When `limit` passes; the message names what was waited for.
pub fn within<T>(limit: Duration, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < end, "waited {limit:?} for {what}");
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// [`within`] a limit that only a broken product reaches on a busy machine.
pub fn eventually<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    within(Duration::from_secs(60), what, condition)
}
