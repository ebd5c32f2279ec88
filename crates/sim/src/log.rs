//! What happened, as text: folded into one number that two runs are compared by, with the last lines kept for people.

use std::collections::VecDeque;

/// Lines kept: enough to see what led to a violation.
const LINES_MAX: usize = 200;

/// The log of a run.
#[derive(Debug, Default)]
pub struct Log {
    digest: u64,
    lines: VecDeque<String>,
    count: u64,
}

impl Log {
    /// Adds a line.
    pub(crate) fn add(&mut self, time_ms: u64, text: &str) {
        let line = format!("{:>10.3} {text}", time_ms as f64 / 1000.0);
        self.digest = line
            .bytes()
            .fold(self.digest, |digest, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        self.count += 1;
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// A number that differs when any line differs.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// Lines of the whole run.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last lines, oldest first.
    pub fn tail(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}
