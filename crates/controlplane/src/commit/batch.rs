//! A journal entry → what the store writes: the rows that it leaves behind, the entry itself, and the resources under which
//! the history finds it. Pure.

use gantry_model::change::{Change, JournalEntry};
use gantry_model::record::{FamilyKey, Record, RecordKey, Task};
use gantry_model::status::TaskStatus;
use gantry_store::{Batch, RowWrite, Table};
use std::collections::{BTreeMap, BTreeSet};

/// The batch of one entry. Of several changes to one record the last one is the row.
pub(super) fn batch(entry: &JournalEntry) -> Batch {
    let changes = || entry.steps.iter().flat_map(|step| &step.changes);
    let last: BTreeMap<RecordKey, &Change> = changes().map(|change| (change.key(), change)).collect();
    let touched: BTreeSet<Vec<u8>> = changes().flat_map(resources).map(|key| key.resource()).collect();
    Batch {
        seq: entry.seq,
        rows: last.into_iter().map(|(key, change)| row(&key, change)).collect(),
        journal: serde_json::to_vec(entry).expect("entries hold only text keys and finite numbers"),
        touched: touched.into_iter().collect(),
    }
}

fn row(key: &RecordKey, change: &Change) -> RowWrite {
    let value = match change {
        Change::Put(record) => Some(record.encode()),
        Change::Delete(_) => None,
    };
    RowWrite { table: Table(key.table() as u16), key: key.encode(), value }
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
    use gantry_model::cause::{Actor, Cause};
    use gantry_model::change::Step;
    use gantry_model::record::Cluster;
    use gantry_model::{TaskId, Timestamp};

    fn entry(changes: Vec<Change>) -> JournalEntry {
        let cause = Cause { actor: Actor::Installation, action: "test".into(), request: None, notes: vec![] };
        let steps = vec![Step { cause, entropy: String::new(), changes }];
        JournalEntry { seq: 7, at: Timestamp(0), epoch: 1, steps }
    }

    #[test]
    fn the_last_change_of_a_record_is_its_row() {
        let cluster = Cluster::default();
        let key = RecordKey::Cluster(cluster.key.clone());
        let made = batch(&entry(vec![Change::Put(cluster.clone().into()), Change::Delete(key.clone())]));
        assert_eq!((made.seq, made.rows.len(), made.touched.len()), (7, 1, 1));
        assert_eq!((&made.rows[0].key, &made.rows[0].value), (&key.encode(), &None));

        let made = batch(&entry(vec![Change::Delete(key), Change::Put(cluster.into())]));
        assert!(made.rows[0].value.is_some());
    }

    #[test]
    fn a_new_task_is_in_the_history_of_its_family_and_cluster() {
        let task = Task { id: TaskId([1; 16]), version: 1, ..Task::default() };
        assert_eq!(batch(&entry(vec![Change::Put(task.clone().into())])).touched.len(), 3);
        let later = Task { version: 2, ..task };
        assert_eq!(batch(&entry(vec![Change::Put(later.into())])).touched.len(), 1);
    }
}
