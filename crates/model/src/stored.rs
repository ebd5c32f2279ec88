//! The stored form of a journal entry, and back.
//!
//! Each change is encoded once: as the row that it leaves behind, with the row's version, so that history written by an
//! older build is still read. The header holds what no row says: number, time, and the cause of each step.

use crate::cause::Cause;
use crate::change::{Change, JournalEntry, Step};
use crate::record::row::RowError;
use crate::record::{FamilyKey, Record, RecordKey, Task};
use crate::status::TaskStatus;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a store is given of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Number, time and causes, as JSON.
    pub header: Vec<u8>,
    /// The row of each change, in the order of the changes: of several with one key the last one stays.
    pub rows: Vec<StoredRow>,
    /// The resources under which the history finds the entry, each once.
    pub touched: Vec<Vec<u8>>,
}

/// What one change writes to its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The table's number.
    pub table: u16,
    /// The row's key.
    pub key: Vec<u8>,
    /// The row's new value; `None` when the row is gone.
    pub value: Option<Vec<u8>>,
}

/// A journal entry that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MalformedEntry {
    /// Its header is no JSON of ours.
    #[error("the header of a journal entry does not parse")]
    Header(#[source] serde_json::Error),
    /// One of its rows cannot be read.
    #[error("a row of a journal entry cannot be read")]
    Row(#[from] RowError),
    /// It names more changes than it has rows.
    #[error("a journal entry has too few rows")]
    RowMissing,
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    seq: u64,
    at: Timestamp,
    epoch: u64,
    steps: Vec<HeaderStep<'a>>,
}

#[derive(Serialize, Deserialize)]
struct HeaderStep<'a> {
    cause: Cow<'a, Cause>,
    entropy: Cow<'a, str>,
    changes: Vec<HeaderChange>,
}

/// A change without its row.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum HeaderChange {
    Put,
    Delete(RecordKey),
}

impl StoredEntry {
    /// Writes an entry down.
    pub fn of(entry: &JournalEntry) -> Self {
        let changes = || entry.steps.iter().flat_map(|step| &step.changes);
        let touched: BTreeSet<Vec<u8>> = changes().flat_map(resources).map(|key| key.resource()).collect();
        let steps = entry.steps.iter().map(header_step).collect();
        let header = Header { seq: entry.seq, at: entry.at, epoch: entry.epoch, steps };
        Self {
            header: serde_json::to_vec(&header).expect("causes hold only text and finite numbers"),
            rows: changes().map(row).collect(),
            touched: touched.into_iter().collect(),
        }
    }
}

impl JournalEntry {
    /// Reads an entry from its header and its rows: of each the table's number and the value.
    ///
    /// # Errors
    /// When this was not written by [`StoredEntry::of`], of this build or an older one.
    pub fn restore<'a>(
        header: &[u8],
        rows: impl IntoIterator<Item = (u16, Option<&'a [u8]>)>,
    ) -> Result<Self, MalformedEntry> {
        let header: Header<'_> = serde_json::from_slice(header).map_err(MalformedEntry::Header)?;
        let mut rows = rows.into_iter();
        let steps =
            header.steps.into_iter().map(|step| restore_step(step, &mut rows)).collect::<Result<_, _>>()?;
        Ok(Self { seq: header.seq, at: header.at, epoch: header.epoch, steps })
    }

    /// The time of an entry, from its header alone.
    ///
    /// # Errors
    /// When the header is not one.
    pub fn time_of(header: &[u8]) -> Result<Timestamp, MalformedEntry> {
        let header: Header<'_> = serde_json::from_slice(header).map_err(MalformedEntry::Header)?;
        Ok(header.at)
    }
}

fn header_step(step: &Step) -> HeaderStep<'_> {
    let without_row = |change: &Change| match change {
        Change::Put(_) => HeaderChange::Put,
        Change::Delete(key) => HeaderChange::Delete(key.clone()),
    };
    HeaderStep {
        cause: Cow::Borrowed(&step.cause),
        entropy: Cow::Borrowed(&step.entropy),
        changes: step.changes.iter().map(without_row).collect(),
    }
}

fn restore_step<'a>(
    step: HeaderStep<'_>,
    rows: &mut impl Iterator<Item = (u16, Option<&'a [u8]>)>,
) -> Result<Step, MalformedEntry> {
    let restore = |change| {
        let (table, value) = rows.next().ok_or(MalformedEntry::RowMissing)?;
        match change {
            HeaderChange::Put => {
                let value = value.ok_or(MalformedEntry::RowMissing)?;
                Ok(Change::Put(Record::decode(table, value)?))
            }
            HeaderChange::Delete(key) => Ok(Change::Delete(key)),
        }
    };
    let changes = step.changes.into_iter().map(restore).collect::<Result<_, MalformedEntry>>()?;
    Ok(Step { cause: step.cause.into_owned(), entropy: step.entropy.into_owned(), changes })
}

fn row(change: &Change) -> StoredRow {
    let key = change.key();
    let value = match change {
        Change::Put(record) => Some(record.encode()),
        Change::Delete(_) => None,
    };
    StoredRow { table: key.table() as u16, key: key.encode(), value }
}

/// Whose history a change belongs to: the record's own, and of a task's birth and end also its family's and cluster's, so
/// that the history of a name tells what ran under it.
fn resources(change: &Change) -> Vec<RecordKey> {
    let mut keys = vec![change.key()];
    if let Change::Put(Record::Task(task)) = change
        && (is_new(task) || task.observed.status == TaskStatus::Stopped)
    {
        let definition = &task.spec.definition;
        let family = FamilyKey { scope: definition.scope.clone(), family: definition.family.clone() };
        keys.extend([RecordKey::Family(family), RecordKey::Cluster(task.spec.cluster.clone())]);
    }
    keys
}

/// A task's first row has version 1.
fn is_new(task: &Task) -> bool {
    task.version <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaskId;
    use crate::cause::Actor;
    use crate::record::Cluster;

    fn entry(changes: Vec<Change>) -> JournalEntry {
        let cause = Cause { actor: Actor::Installation, action: "test".into(), request: None, notes: vec![] };
        let steps = vec![Step { cause, entropy: "00".into(), changes }];
        JournalEntry { seq: 7, at: Timestamp(5), epoch: 1, steps }
    }

    fn restored(stored: &StoredEntry) -> Result<JournalEntry, MalformedEntry> {
        let rows = stored.rows.iter().map(|row| (row.table, row.value.as_deref()));
        JournalEntry::restore(&stored.header, rows)
    }

    #[test]
    fn an_entry_comes_back_whole_and_in_order() {
        let cluster = Cluster::default();
        let key = RecordKey::Cluster(cluster.key.clone());
        let task = Task { id: TaskId([1; 16]), version: 1, ..Task::default() };
        let entry = entry(vec![Change::Put(cluster.into()), Change::Delete(key), Change::Put(task.into())]);
        let stored = StoredEntry::of(&entry);
        assert_eq!(restored(&stored).unwrap(), entry);
        assert_eq!(JournalEntry::time_of(&stored.header).unwrap(), entry.at);
    }

    #[test]
    fn an_entry_that_lost_a_row_is_an_error() {
        let mut stored = StoredEntry::of(&entry(vec![Change::Put(Cluster::default().into())]));
        stored.rows.pop();
        assert!(matches!(restored(&stored), Err(MalformedEntry::RowMissing)));
    }

    #[test]
    fn a_task_is_in_the_history_of_its_family_and_cluster_when_it_is_new_and_when_it_ends() {
        let touched =
            |task: &Task| StoredEntry::of(&entry(vec![Change::Put(task.clone().into())])).touched.len();
        let mut task = Task { id: TaskId([1; 16]), version: 1, ..Task::default() };
        assert_eq!(touched(&task), 3);
        task.version = 2;
        assert_eq!(touched(&task), 1);
        task.observed.status = TaskStatus::Stopped;
        assert_eq!(touched(&task), 3);
    }
}
