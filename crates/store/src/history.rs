//! Reading the journal: queries, bounded pages, and the collector that all stores fill pages with.

use crate::{RowWrite, StoreError};

/// Most entries of one page, whatever the query asks for.
pub const PAGE_ENTRIES_MAX: usize = 1_000;

/// A page ends after the entry that reaches this many bytes, so that a page of large entries stays in memory.
pub const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Reads the history from any thread. Sees each batch from the moment at which its append is durable.
pub trait HistoryReader: Send + Sync {
    /// The entries that match, one page of them.
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError>;

    /// Which entries there are.
    fn span(&self) -> Result<HistorySpan, StoreError>;
}

/// Which entries to read, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only entries that touched this resource; `None` reads all.
    pub resource: Option<Vec<u8>>,
    /// Oldest or newest first.
    pub order: Order,
    /// Only entries with a larger sequence number.
    pub after_seq: Option<u64>,
    /// Only entries with a smaller sequence number.
    pub before_seq: Option<u64>,
    /// Most entries wanted; never more than [`PAGE_ENTRIES_MAX`] are given.
    pub limit: usize,
}

/// The order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Ascending sequence numbers. The next page starts after the last entry's.
    OldestFirst,
    /// Descending sequence numbers. The next page starts before the last entry's.
    NewestFirst,
}

/// One page of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// The entries, in the order asked for.
    pub entries: Vec<JournalEntry>,
    /// At least one more entry matches the query behind the last one here.
    pub more: bool,
}

/// The journal entry of one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// The batch's sequence number.
    pub seq: u64,
    /// The entry as it was given.
    pub journal: Vec<u8>,
    /// The batch's rows as they were given.
    pub rows: Vec<RowWrite>,
}

impl JournalEntry {
    /// Bytes that count against [`PAGE_BYTES_MAX`].
    fn size_bytes(&self) -> usize {
        let row = |row: &RowWrite| row.key.len() + row.value.as_ref().map_or(0, Vec::len);
        self.journal.len() + self.rows.iter().map(row).sum::<usize>()
    }
}

/// Which entries a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistorySpan {
    /// The oldest entry; 0 when there is none.
    pub first_seq: u64,
    /// The newest entry; 0 when there is none.
    pub last_seq: u64,
    /// Bytes of all batches as they were given, see [`Batch::size_bytes`](crate::Batch::size_bytes), without what a store adds.
    pub size_bytes: u64,
}

impl HistoryQuery {
    /// All entries in this order; narrow it down with struct update syntax.
    pub fn all(order: Order) -> Self {
        Self { resource: None, order, after_seq: None, before_seq: None, limit: PAGE_ENTRIES_MAX }
    }

    /// The sequence numbers asked for, both ends inclusive; `None` if there can be none.
    pub(crate) fn seq_range(&self) -> Option<(u64, u64)> {
        let first = self.after_seq.map_or(Some(0), |after| after.checked_add(1))?;
        let last = self.before_seq.map_or(Some(u64::MAX), |before| before.checked_sub(1))?;
        (first <= last).then_some((first, last))
    }
}

impl HistoryPage {
    /// Fills a page from matching entries, which are read only as far as the page needs them.
    pub(crate) fn collect(
        limit: usize,
        matching: impl Iterator<Item = Result<JournalEntry, StoreError>>,
    ) -> Result<Self, StoreError> {
        let mut page = Self::default();
        let mut size_bytes = 0;
        for entry in matching {
            if page.entries.len() >= limit.min(PAGE_ENTRIES_MAX) || size_bytes >= PAGE_BYTES_MAX {
                page.more = true;
                break;
            }
            let entry = entry?;
            size_bytes += entry.size_bytes();
            page.entries.push(entry);
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(after_seq: Option<u64>, before_seq: Option<u64>) -> HistoryQuery {
        HistoryQuery { after_seq, before_seq, ..HistoryQuery::all(Order::OldestFirst) }
    }

    fn entries(count: u64, size: usize) -> impl Iterator<Item = Result<JournalEntry, StoreError>> {
        (1..=count).map(move |seq| Ok(JournalEntry { seq, journal: vec![0; size], rows: Vec::new() }))
    }

    #[test]
    fn bounds_are_exclusive_and_never_overflow() {
        assert_eq!(query(None, None).seq_range(), Some((0, u64::MAX)));
        assert_eq!(query(Some(3), Some(6)).seq_range(), Some((4, 5)));
        assert_eq!(query(Some(3), Some(4)).seq_range(), None);
        assert_eq!(query(Some(u64::MAX), None).seq_range(), None);
        assert_eq!(query(None, Some(0)).seq_range(), None);
    }

    #[test]
    fn a_page_ends_at_each_of_its_bounds() {
        let page = |limit, count, size| {
            let page = HistoryPage::collect(limit, entries(count, size)).unwrap();
            (page.entries.len(), page.more)
        };
        assert_eq!(page(5, 5, 1), (5, false));
        assert_eq!(page(4, 5, 1), (4, true));
        assert_eq!(page(usize::MAX, 2_000, 0), (PAGE_ENTRIES_MAX, true));
        assert_eq!(page(10, 3, PAGE_BYTES_MAX), (1, true));
        assert_eq!(page(0, 1, 1), (0, true));
    }
}
