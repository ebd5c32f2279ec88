//! Reading the store: rows → records, the last entry → where the clock goes on.

use gantry_model::Timestamp;
use gantry_model::change::JournalEntry;
use gantry_model::record::Record;
use gantry_model::record::row::RowError;
use gantry_model::stored::MalformedEntry;
use gantry_store::{Fence, HistoryQuery, HistoryReader, Order, Store, StoreError};

/// What a new leader starts from.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(super) records: Vec<Record>,
    pub(super) last_seq: u64,
    /// The time stamp of the last entry: the clock never goes behind it.
    pub(super) last_at: Timestamp,
    /// The right to write; an error leaves the records readable.
    pub(super) fence: Result<Fence, StoreError>,
}

/// What is stored cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The store failed.
    #[error("cannot load the stored state")]
    Store(#[from] StoreError),
    /// A row is not of this version.
    #[error("cannot read a stored record")]
    Row(#[from] RowError),
    /// The last journal entry does not parse.
    #[error("cannot read the last journal entry")]
    Journal(#[from] MalformedEntry),
    /// The thread that owns the store has ended.
    #[error("the store's thread has ended")]
    Gone,
}

/// Reads everything. `fence` is the right that this control plane already has; without one it is acquired first, so that
/// nothing of another leader can slip in between.
pub(super) fn recover(store: &mut dyn Store, fence: Option<Fence>) -> Result<Recovered, RecoverError> {
    let fence = match fence {
        Some(fence) => Ok(fence),
        None => store.acquire("gantry"),
    };
    if let Err(error) = &fence
        && !error.is_retryable()
    {
        return Err(fence.expect_err("it was just seen").into());
    }
    let (last_seq, records) = load(store)?;
    // Only now: loading may bring back an entry whose outcome was unknown.
    let last_at = last_time(store.reader().as_ref())?;
    Ok(Recovered { records, last_seq, last_at, fence })
}

fn load(store: &mut dyn Store) -> Result<(u64, Vec<Record>), RecoverError> {
    let loaded = store.load()?;
    let mut records = Vec::new();
    for row in loaded.rows {
        let row = row?;
        records.push(Record::decode(row.table.0, &row.value)?);
    }
    Ok((loaded.last_seq, records))
}

fn last_time(reader: &dyn HistoryReader) -> Result<Timestamp, RecoverError> {
    let newest = reader.history(&HistoryQuery { limit: 1, ..HistoryQuery::all(Order::NewestFirst) })?;
    let last = newest.entries.first().map(|entry| JournalEntry::time_of(&entry.journal));
    Ok(last.transpose()?.unwrap_or(Timestamp(0)))
}
