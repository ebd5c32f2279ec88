//! History on any thread.

use fjall::{Iter, Readable, Snapshot};

use super::engine::Engine;
use super::error::store_error;
use super::head::Head;
use super::keys;
use super::record::JournalRecord;
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
            let keys = keys::by_resource(resource, first)..=keys::by_resource(resource, last);
            let range = snapshot.range(&engine.by_resource, keys);
            let entries = ordered(range, query.order).map(|guard| {
                let key = guard.key().map_err(|error| store_error("read", error))?;
                indexed_entry(engine, &snapshot, keys::parse_seq(&key)?)
            });
            HistoryPage::collect(query.limit, entries)
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

fn entry(seq: u64, value: &[u8]) -> Result<JournalEntry, StoreError> {
    Ok(JournalEntry { seq, journal: JournalRecord::decode(value)?.journal.to_vec() })
}
