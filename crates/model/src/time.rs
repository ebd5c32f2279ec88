//! Time as data. Nothing here reads a clock: instants come in as arguments.

use serde::{Deserialize, Serialize};

/// An instant of the leader's clock: milliseconds since 1970-01-01T00:00:00Z. What users see; it never goes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `ms` milliseconds later.
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms as i64))
    }

    /// The instant `ms` milliseconds earlier.
    pub const fn minus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms as i64))
    }

    /// Milliseconds since `earlier`; 0 when `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> u64 {
        let ms = self.0.saturating_sub(earlier.0);
        if ms < 0 { 0 } else { ms as u64 }
    }
}

/// An instant of one node: milliseconds since that machine booted (CLOCK_BOOTTIME). It orders what happened on the node
/// whatever its wall clock does; the server turns it into a [`Timestamp`] by its age at the moment of sending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeTime(pub u64);

impl NodeTime {
    /// The instant `ms` milliseconds later.
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds since `earlier`; 0 when `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
