//! Journal entries as the store takes them and gives them back.

use gantry_model::change::JournalEntry;
use gantry_model::stored::{MalformedEntry, StoredEntry, StoredRow};
use gantry_store::{Batch, RowWrite, Table};

/// The batch of one entry.
pub(super) fn batch(entry: &JournalEntry) -> Batch {
    let StoredEntry { header, rows, touched } = StoredEntry::of(entry);
    let row = |row: StoredRow| RowWrite { table: Table(row.table), key: row.key, value: row.value };
    Batch { seq: entry.seq, rows: rows.into_iter().map(row).collect(), journal: header, touched }
}

/// The entry of a batch, as the history gives it.
///
/// # Errors
/// When it was written by a newer build.
pub(crate) fn entry(stored: &gantry_store::JournalEntry) -> Result<JournalEntry, MalformedEntry> {
    let rows = stored.rows.iter().map(|row| (row.table.0, row.value.as_deref()));
    JournalEntry::restore(&stored.journal, rows)
}
