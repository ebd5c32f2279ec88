//! What is journaled: batches of steps, each a cause and the changes that it led to.

use crate::cause::Cause;
use crate::record::{Record, RecordKey};
use crate::time::Timestamp;

/// One record written or removed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The record as it is from now on.
    Put(Record),
    /// The record is gone.
    Delete(RecordKey),
}

impl Change {
    /// The record that the change is about.
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Put(record) => record.key(),
            Self::Delete(key) => key.clone(),
        }
    }
}

/// What one input led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Why.
    pub cause: Cause,
    /// The 32 bytes of entropy that the step chose its ids from, in hexadecimal digits.
    pub entropy: String,
    /// What changed, in order.
    pub changes: Vec<Change>,
}

/// One commit. How it is stored: [`StoredEntry`](crate::stored::StoredEntry).
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Its number: one more than the last.
    pub seq: u64,
    /// The leader's clock at the commit.
    pub at: Timestamp,
    /// The leader that committed it.
    pub epoch: u64,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}
