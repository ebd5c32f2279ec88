//! The machine's clocks and its entropy: read here, and given to the core as arguments.

use gantry_model::RequestId;
use gantry_orchestrator::leader::Now;
use ring::rand::{SecureRandom, SystemRandom};
use std::time::{Duration, Instant, SystemTime};

/// Reads both clocks of the machine. Monotonic time counts from the start of the control plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Now {
        Now { wall_ms: wall_ms(), mono_ms: self.started.elapsed().as_millis() as u64 }
    }

    /// How long it is until a monotonic millisecond.
    pub(crate) fn until(&self, mono_ms: u64) -> Duration {
        Duration::from_millis(mono_ms).saturating_sub(self.started.elapsed())
    }
}

/// Milliseconds since 1970 by the wall clock; a clock that stands before 1970 reads 0.
pub(crate) fn wall_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// Fresh unpredictable bytes.
pub(crate) fn entropy<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the kernel's random generator does not fail once it is seeded");
    bytes
}

/// A name for one request.
pub(crate) fn request_id() -> RequestId {
    RequestId(entropy())
}
