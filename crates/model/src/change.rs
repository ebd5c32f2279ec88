//! What is journaled: batches of steps, each a cause and the changes that it led to.

use crate::cause::Cause;
use crate::record::{Record, RecordKey};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One record written or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Why.
    pub cause: Cause,
    /// The 32 bytes of entropy that the step chose its ids from, in hexadecimal digits.
    pub entropy: String,
    /// What changed, in order.
    pub changes: Vec<Change>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// What a commit writes to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The table's number.
    pub table: u16,
    /// The row's key.
    pub key: Vec<u8>,
    /// The row's new value; `None` when the row is gone.
    pub value: Option<Vec<u8>>,
}

/// A journal entry that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("a journal entry does not parse")]
pub struct MalformedEntry(#[source] serde_json::Error);

impl JournalEntry {
    /// The rows that the commit writes: of several changes of one record only the last.
    pub fn rows(&self) -> Vec<RowChange> {
        self.last_changes().into_iter().map(|(key, change)| row(&key, change)).collect()
    }

    /// The resources that the commit is about, as the history's index knows them.
    pub fn touched(&self) -> Vec<Vec<u8>> {
        self.last_changes().keys().map(RecordKey::resource).collect()
    }

    /// The entry's stored form.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("records hold only text keys and finite numbers")
    }

    /// Reads a stored form.
    ///
    /// # Errors
    /// When it was not written by [`Self::encode`] of this build or an older one.
    pub fn decode(bytes: &[u8]) -> Result<Self, MalformedEntry> {
        serde_json::from_slice(bytes).map_err(MalformedEntry)
    }

    fn last_changes(&self) -> BTreeMap<RecordKey, &Change> {
        self.steps.iter().flat_map(|step| &step.changes).map(|change| (change.key(), change)).collect()
    }
}

fn row(key: &RecordKey, change: &Change) -> RowChange {
    let value = match change {
        Change::Put(record) => Some(record.encode()),
        Change::Delete(_) => None,
    };
    RowChange { table: key.table() as u16, key: key.encode(), value }
}
