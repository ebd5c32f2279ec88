//! History on any thread.

use fjall::{Iter, Readable, Snapshot};

use super::engine::Engine;
use super::error::store_error;
use super::head::{self, Head};
use super::keys;
use super::record::{BatchRecord, RowRef};
use super::shared::Shared;
use crate::{HistoryPage, HistoryQuery, HistoryReader, HistorySpan, JournalEntry, Order, StoreError};

impl HistoryReader for Shared {
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.with(|engine| read_page(engine, query))
    }

    fn span(&self) -> Result<HistorySpan, StoreError> {
        self.with(|engine| Ok(Head::read(engine)?.span()))
    }
}

/// Reads from one snapshot, so that an entry that is trimmed meanwhile does not leave its index behind.
fn read_page(engine: &Engine, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
    let Some((first, last)) = query.seq_range() else { return Ok(HistoryPage::default()) };
    let snapshot = engine.db.snapshot();
    match &query.resource {
        None => {
            let range = snapshot.range(&engine.journal, keys::seq(first)..=keys::seq(last));
            let entries = ordered(range, query.order).map(|guard| {
                let (key, value) = guard.into_inner().map_err(|error| store_error("read", error))?;
                entry(keys::parse_seq(&key)?, &value)
            });
            HistoryPage::collect(query.limit, entries)
        }
        Some(resource) if resource.len() > crate::KEY_BYTES_MAX => Ok(HistoryPage::default()),
        Some(resource) => {
            let applied = head::applied(engine, &snapshot)?;
            let keys = keys::by_resource(resource, first)..=keys::by_resource(resource, last);
            let indexed = ordered(snapshot.range(&engine.by_resource, keys), query.order).map(|guard| {
                let key = guard.key().map_err(|error| store_error("read", error))?;
                indexed_entry(engine, &snapshot, keys::parse_seq(&key)?)
            });
            // The newest entries are not in the index yet.
            let tail = (applied + 1).max(first)..=last;
            let tail = snapshot.range(&engine.journal, keys::seq(*tail.start())..=keys::seq(*tail.end()));
            let tail =
                ordered(tail, query.order).filter_map(|guard| touching_entry(guard, resource).transpose());
            match query.order {
                Order::OldestFirst => HistoryPage::collect(query.limit, indexed.chain(tail)),
                Order::NewestFirst => HistoryPage::collect(query.limit, tail.chain(indexed)),
            }
        }
    }
}

fn ordered(range: Iter, order: Order) -> Box<dyn Iterator<Item = fjall::Guard>> {
    match order {
        Order::OldestFirst => Box::new(range),
        Order::NewestFirst => Box::new(range.rev()),
    }
}

fn indexed_entry(engine: &Engine, snapshot: &Snapshot, seq: u64) -> Result<JournalEntry, StoreError> {
    let value = snapshot.get(&engine.journal, keys::seq(seq)).map_err(|error| store_error("read", error))?;
    let missing =
        StoreError::Damaged { what: "the index names a journal entry that is not there", source: None };
    entry(seq, &value.ok_or(missing)?)
}

/// The entry, if it touched the resource.
fn touching_entry(guard: fjall::Guard, resource: &[u8]) -> Result<Option<JournalEntry>, StoreError> {
    let (key, value) = guard.into_inner().map_err(|error| store_error("read", error))?;
    let touches = BatchRecord::decode(&value)?.touched.contains(&resource);
    if touches { entry(keys::parse_seq(&key)?, &value).map(Some) } else { Ok(None) }
}

fn entry(seq: u64, value: &[u8]) -> Result<JournalEntry, StoreError> {
    let record = BatchRecord::decode(value)?;
    let rows = record.rows.iter().copied().map(RowRef::to_write).collect();
    Ok(JournalEntry { seq, journal: record.journal.to_vec(), rows })
}
