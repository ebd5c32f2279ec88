//! What the journal holds and the tables do not yet: rows and index entries of the newest batches.
//!
//! A batch is durable with its one record in the journal. Rows and index follow many batches later, in one write of their
//! own: a row that changed five times meanwhile is written once. The record of what is pending is the journal itself, read
//! again at start from the mark that the last such write left.

use std::collections::BTreeMap;

use fjall::{OwnedWriteBatch, Readable};

use super::engine::Engine;
use super::error::store_error;
use super::head::{self, APPLIED_KEY};
use super::keys;
use super::record::BatchRecord;
use crate::{Batch, Row, StoreError, Table};

/// Batches after which the tables catch up. Reading a resource's history looks through these one by one, and a start reads
/// them again.
pub(super) const PENDING_BATCHES_MAX: u64 = 256;

/// Bytes of rows after which the tables catch up: the write that does it makes the next append wait.
const PENDING_BYTES_MAX: usize = 512 * 1024;

/// Rows and index entries that wait.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// By the key of the row on disk; `None` deletes it.
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// Keys of the index by resource.
    index: Vec<Vec<u8>>,
    batches: u64,
    bytes: usize,
}

impl Pending {
    /// Reads what waits from the journal.
    pub(super) fn read(engine: &Engine) -> Result<Self, StoreError> {
        let snapshot = engine.db.snapshot();
        let after = head::applied(engine, &snapshot)? + 1;
        let mut pending = Self::default();
        for guard in snapshot.range(&engine.journal, keys::seq(after)..) {
            let (key, value) = guard.into_inner().map_err(|error| store_error("read", error))?;
            pending.add_record(keys::parse_seq(&key)?, &BatchRecord::decode(&value)?);
        }
        Ok(pending)
    }

    fn add_record(&mut self, seq: u64, record: &BatchRecord<'_>) {
        for row in &record.rows {
            self.add_row(row.table, row.key, row.value);
        }
        self.index.extend(record.touched.iter().map(|resource| keys::by_resource(resource, seq)));
        self.batches += 1;
    }

    /// A batch that was just appended.
    pub(super) fn add(&mut self, batch: &Batch) {
        for row in &batch.rows {
            self.add_row(row.table, &row.key, row.value.as_deref());
        }
        let touched = batch.touched_once().into_iter();
        self.index.extend(touched.map(|resource| keys::by_resource(resource, batch.seq)));
        self.batches += 1;
    }

    fn add_row(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        let size = |value: Option<&[u8]>| value.map_or(0, <[u8]>::len);
        self.bytes += size(value);
        let before = self.rows.insert(keys::row(table, key), value.map(<[u8]>::to_vec));
        self.bytes -= size(before.flatten().as_deref());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches == 0
    }

    /// Whether the tables shall catch up now, with this many batches at most.
    pub(super) fn is_due(&self, batches_max: u64) -> bool {
        self.batches >= batches_max || self.bytes >= PENDING_BYTES_MAX
    }

    /// Puts everything into a write, and the mark that it is done up to `last_seq`.
    pub(super) fn fill(&self, engine: &Engine, write: &mut OwnedWriteBatch, last_seq: u64) {
        for (key, value) in &self.rows {
            match value {
                Some(value) => write.insert(&engine.rows, key.as_slice(), value.as_slice()),
                None => write.remove(&engine.rows, key.as_slice()),
            }
        }
        for key in &self.index {
            write.insert(&engine.by_resource, key.as_slice(), []);
        }
        write.insert(&engine.meta, APPLIED_KEY, last_seq.to_le_bytes());
    }

    /// The rows of the tables with those that wait in their place, in the order of their keys.
    pub(super) fn over<'a>(
        &'a self,
        stored: impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), StoreError>> + 'a,
    ) -> impl Iterator<Item = Result<Row, StoreError>> + 'a {
        let mut waiting = self.rows.iter().peekable();
        let mut stored = stored.peekable();
        let next = move || {
            loop {
                let first = match (waiting.peek(), stored.peek()) {
                    (None, None) => return None,
                    (None, Some(_)) | (Some(_), Some(Err(_))) => return stored.next(),
                    (Some(_), None) => waiting.next(),
                    (Some((key, _)), Some(Ok((stored_key, _)))) => {
                        if stored_key < *key {
                            return stored.next();
                        }
                        stored.next_if(|row| row.as_ref().is_ok_and(|(stored_key, _)| stored_key == *key));
                        waiting.next()
                    }
                };
                if let Some((key, Some(value))) = first {
                    return Some(Ok((key.clone(), value.clone())));
                }
            }
        };
        std::iter::from_fn(next).map(|row| {
            let (key, value) = row?;
            let (table, key) = keys::parse_row(&key)?;
            Ok(Row { table: Table(table), key: key.to_vec(), value })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowWrite;

    fn row(key: &str, value: Option<&str>) -> RowWrite {
        RowWrite { table: Table(1), key: key.into(), value: value.map(Into::into) }
    }

    fn stored(rows: &[(&str, &str)]) -> Vec<Result<(Vec<u8>, Vec<u8>), StoreError>> {
        rows.iter()
            .map(|(key, value)| Ok((keys::row(Table(1), key.as_bytes()), value.as_bytes().to_vec())))
            .collect()
    }

    #[test]
    fn waiting_rows_stand_in_the_place_of_stored_ones() {
        let mut pending = Pending::default();
        let rows = vec![
            row("a", Some("new")),
            row("c", None),
            row("d", Some("1")),
            row("d", Some("2")),
            row("z", Some("z")),
        ];
        pending.add(&Batch { seq: 1, rows, ..Batch::default() });
        let seen = |stored: Vec<_>| -> Vec<String> {
            let rows = pending.over(stored.into_iter()).map(|row| row.unwrap());
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            rows.map(|row| format!("{}={}", text(row.key), text(row.value))).collect()
        };
        assert_eq!(
            seen(stored(&[("b", "b"), ("c", "c"), ("d", "0"), ("e", "e")])),
            ["a=new", "b=b", "d=2", "e=e", "z=z"]
        );
        assert_eq!(seen(stored(&[])), ["a=new", "d=2", "z=z"]);
        assert_eq!(pending.bytes, "new12z".len() - 1);
    }

    #[test]
    fn an_error_of_the_tables_is_handed_on() {
        let mut pending = Pending::default();
        pending.add(&Batch { seq: 1, rows: vec![row("a", Some("1"))], ..Batch::default() });
        let failed = StoreError::Damaged { what: "test", source: None };
        assert!(pending.over([Err(failed)].into_iter()).any(|row| row.is_err()));
    }
}
