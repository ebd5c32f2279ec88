//! The durable content of a memory disk: rows, journal, and the journal's index by resource.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Batch, HistoryPage, HistoryQuery, HistorySpan, JournalEntry, Order, Retention, Row, RowWrite, StoreError,
    TRIM_BYTES_MAX, TRIM_ENTRIES_MAX, Table, Trimmed,
};

#[derive(Debug, Default)]
pub(super) struct Image {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    journal: BTreeMap<u64, Entry>,
    by_resource: BTreeMap<Vec<u8>, BTreeSet<u64>>,
    size_bytes: u64,
}

#[derive(Debug)]
struct Entry {
    journal: Vec<u8>,
    rows: Vec<RowWrite>,
    touched: Vec<Vec<u8>>,
    size_bytes: u64,
}

impl Image {
    pub(super) fn last_seq(&self) -> u64 {
        self.journal.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        let row = |((table, key), value): (&(Table, Vec<u8>), &Vec<u8>)| Row {
            table: *table,
            key: key.clone(),
            value: value.clone(),
        };
        self.rows.iter().map(row).collect()
    }

    pub(super) fn apply(&mut self, batch: &Batch) {
        for ((table, key), value) in batch.last_writes() {
            let key = (table, key.to_vec());
            match value {
                Some(value) => self.rows.insert(key, value.to_vec()),
                None => self.rows.remove(&key),
            };
        }
        let touched: Vec<_> = batch.touched_once().into_iter().map(<[u8]>::to_vec).collect();
        for resource in &touched {
            self.by_resource.entry(resource.clone()).or_default().insert(batch.seq);
        }
        let size_bytes = batch.size_bytes() as u64;
        self.size_bytes += size_bytes;
        let (journal, rows) = (batch.journal.clone(), batch.rows.clone());
        self.journal.insert(batch.seq, Entry { journal, rows, touched, size_bytes });
    }

    pub(super) fn trim(&mut self, retention: Retention) -> Trimmed {
        let mut trimmed = Trimmed { entries: 0, more: false };
        let mut removed_bytes = 0;
        while let Some(size_bytes) = self.oldest_to_trim(retention) {
            if trimmed.entries >= TRIM_ENTRIES_MAX || removed_bytes >= TRIM_BYTES_MAX {
                trimmed.more = true;
                break;
            }
            self.remove_oldest();
            removed_bytes += size_bytes;
            trimmed.entries += 1;
        }
        trimmed
    }

    pub(super) fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let Some((first, last)) = query.seq_range() else { return Ok(HistoryPage::default()) };
        let seqs: Box<dyn DoubleEndedIterator<Item = u64>> = match &query.resource {
            None => Box::new(self.journal.range(first..=last).map(|(seq, _)| *seq)),
            Some(resource) => match self.by_resource.get(resource) {
                None => return Ok(HistoryPage::default()),
                Some(seqs) => Box::new(seqs.range(first..=last).copied()),
            },
        };
        let entry = |seq| {
            let Entry { journal, rows, .. } = &self.journal[&seq];
            Ok(JournalEntry { seq, journal: journal.clone(), rows: rows.clone() })
        };
        match query.order {
            Order::OldestFirst => HistoryPage::collect(query.limit, seqs.map(entry)),
            Order::NewestFirst => HistoryPage::collect(query.limit, seqs.rev().map(entry)),
        }
    }

    pub(super) fn span(&self) -> HistorySpan {
        HistorySpan {
            first_seq: self.journal.first_key_value().map_or(0, |(seq, _)| *seq),
            last_seq: self.last_seq(),
            size_bytes: self.size_bytes,
        }
    }

    /// The size of the oldest entry, if the retention lets it go and it is not the only one.
    fn oldest_to_trim(&self, retention: Retention) -> Option<u64> {
        let (seq, oldest) = self.journal.first_key_value()?;
        let unwanted = *seq < retention.before_seq || self.size_bytes > retention.bytes_max;
        (unwanted && self.journal.len() > 1).then_some(oldest.size_bytes)
    }

    fn remove_oldest(&mut self) {
        let Some((seq, entry)) = self.journal.pop_first() else { return };
        self.size_bytes -= entry.size_bytes;
        for resource in entry.touched {
            if let Some(seqs) = self.by_resource.get_mut(&resource) {
                seqs.remove(&seq);
                if seqs.is_empty() {
                    self.by_resource.remove(&resource);
                }
            }
        }
    }
}
