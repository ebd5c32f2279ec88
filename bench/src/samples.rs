//! Figures of one kind, one a round or one a call.

/// At least one figure, sorted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Samples {
    sorted: Vec<f64>,
}

impl Samples {
    /// The smallest: what the machine can do when nobody disturbs it.
    pub(crate) fn min(&self) -> f64 {
        self.sorted[0]
    }

    /// The middle one; of an even number the lower.
    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    /// The smallest figure that `percent` of all do not exceed (nearest rank).
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted[rank.max(1) - 1]
    }
}

impl FromIterator<f64> for Samples {
    /// # Panics
    /// When there is no figure: every measure has at least one round.
    fn from_iter<I: IntoIterator<Item = f64>>(figures: I) -> Self {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        assert!(!sorted.is_empty(), "a measure has at least one round");
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_nearest_ranks() {
        let hundred: Samples = (1..=100).rev().map(f64::from).collect();
        assert_eq!((hundred.min(), hundred.median(), hundred.percentile(99)), (1.0, 50.0, 99.0));
        let five: Samples = [5.0, 1.0, 4.0, 2.0, 3.0].into_iter().collect();
        assert_eq!((five.min(), five.median(), five.percentile(99)), (1.0, 3.0, 5.0));
        let one: Samples = [7.0].into_iter().collect();
        assert_eq!((one.min(), one.median(), one.percentile(1)), (7.0, 7.0, 7.0));
    }
}
