//! Choices of a run: all of them follow from its seed.

use gantry_orchestrator::entropy::Entropy;

/// A stream of choices.
#[derive(Debug)]
pub(crate) struct Random(Entropy);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self(Entropy::new(bytes))
    }

    /// Entropy for a batch of the control plane.
    pub(crate) fn seed(&mut self) -> [u8; 32] {
        let (a, b) = (self.0.id(), self.0.id());
        std::array::from_fn(|i| if i < 16 { a[i] } else { b[i - 16] })
    }

    /// A number from `low` up to, not including, `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.0.below(high - low)
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    /// One of several; `None` of none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.0.below(items.len() as u64) as usize)
    }
}
