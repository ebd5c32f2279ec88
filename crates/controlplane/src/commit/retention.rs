//! How long history is kept: thirty days, and never more than the size bound.

use gantry_model::Timestamp;
use gantry_model::change::JournalEntry;
use gantry_store::{Fence, HistoryQuery, HistoryReader, Order, Retention, Store, StoreError};

/// Age at which an entry goes.
const HISTORY_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Size at which the oldest entries go: a laptop's disk must not fill with yesterday's tests.
const HISTORY_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// How often the history is trimmed.
pub(super) const TRIM_EVERY_MS: u64 = 10 * 60 * 1000;

/// Lets one bounded portion of old history go; the next one goes at the next turn, so that commits do not wait.
pub(super) fn trim(store: &mut dyn Store, now: Timestamp, fence: Fence) {
    let oldest = now.minus_ms(HISTORY_MS);
    let trimmed = first_since(store.reader().as_ref(), oldest)
        .and_then(|before_seq| store.trim(Retention { before_seq, bytes_max: HISTORY_BYTES_MAX }, fence));
    match trimmed {
        Ok(trimmed) if trimmed.entries > 0 => {
            tracing::info!(entries = trimmed.entries, "old history is gone")
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot trim the history"),
    }
}

/// The first entry that is not older than `oldest`, by halving: time stamps rise with the numbers.
fn first_since(reader: &dyn HistoryReader, oldest: Timestamp) -> Result<u64, StoreError> {
    let span = reader.span()?;
    let (mut low, mut high) = (span.first_seq, span.last_seq);
    while low < high {
        let middle = low + (high - low) / 2;
        match at(reader, middle)? {
            Some(at) if at < oldest => low = middle + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// The time stamp of the first entry from `seq` on; `None` where it does not parse, which keeps it.
fn at(reader: &dyn HistoryReader, seq: u64) -> Result<Option<Timestamp>, StoreError> {
    let query =
        HistoryQuery { after_seq: seq.checked_sub(1), limit: 1, ..HistoryQuery::all(Order::OldestFirst) };
    let page = reader.history(&query)?;
    Ok(page.entries.first().and_then(|entry| JournalEntry::time_of(&entry.journal).ok()))
}
