//! How often a task may ask: a bucket that fills steadily.

use crate::limits::{METADATA_REQUESTS_BURST, METADATA_REQUESTS_PER_S};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The bucket of one task.
pub(super) struct Rate(Mutex<Bucket>);

struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Rate {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Bucket { tokens: f64::from(METADATA_REQUESTS_BURST), filled_at: Instant::now() }))
    }

    /// Whether one more request may be answered now.
    pub(super) fn admits(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now())
    }
}

impl Bucket {
    fn take(&mut self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled_at).as_secs_f64();
        let filled = self.tokens + seconds * f64::from(METADATA_REQUESTS_PER_S);
        self.tokens = filled.min(f64::from(METADATA_REQUESTS_BURST));
        self.filled_at = now;
        let admitted = self.tokens >= 1.0;
        if admitted {
            self.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_followed_by_a_steady_rate() {
        let start = Instant::now();
        let mut bucket = Bucket { tokens: f64::from(METADATA_REQUESTS_BURST), filled_at: start };
        let admitted = (0..200).filter(|_| bucket.take(start)).count();
        assert_eq!(admitted, METADATA_REQUESTS_BURST as usize);
        let later = start + Duration::from_secs(1);
        let admitted = (0..200).filter(|_| bucket.take(later)).count();
        assert_eq!(admitted, METADATA_REQUESTS_PER_S as usize);
    }
}
