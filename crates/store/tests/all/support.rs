//! Places to keep stores in, batches made from a number, and a model that says what a store must hold.

use std::collections::BTreeMap;

use gantry_store::memory::{FaultPlan, MemoryDisk, MemoryStore};
use gantry_store::{
    Batch, Fence, HistoryQuery, HistoryReader, JournalEntry, Loaded, Order, Row, RowWrite, Store, StoreError,
    Table,
};

/// Something that a store can be opened on again and again.
pub(crate) trait Medium {
    fn open(&self) -> Box<dyn Store>;
}

impl Medium for MemoryDisk {
    fn open(&self) -> Box<dyn Store> {
        Box::new(MemoryStore::open(self, FaultPlan::none()))
    }
}

#[cfg(feature = "embedded")]
impl Medium for tempfile::TempDir {
    fn open(&self) -> Box<dyn Store> {
        // Few batches wait, so that small tests see rows on either side.
        Box::new(gantry_store::EmbeddedStore::open(self.path()).unwrap().with_pending_batches_max(4))
    }
}

/// Opens, acquires and loads.
pub(crate) fn lead(medium: &dyn Medium) -> (Box<dyn Store>, Fence) {
    let mut store = medium.open();
    let fence = store.acquire("test").unwrap();
    store.load().unwrap();
    (store, fence)
}

pub(crate) fn put(table: u16, key: &str, value: &str) -> RowWrite {
    RowWrite { table: Table(table), key: key.into(), value: Some(value.into()) }
}

pub(crate) fn delete(table: u16, key: &str) -> RowWrite {
    RowWrite { table: Table(table), key: key.into(), value: None }
}

/// A batch that writes these rows and touches these resources; its journal entry is its number in words.
pub(crate) fn batch(seq: u64, rows: Vec<RowWrite>, touched: &[&str]) -> Batch {
    let touched = touched.iter().map(|resource| resource.as_bytes().to_vec()).collect();
    Batch { seq, rows, journal: format!("entry {seq}").into_bytes(), touched }
}

/// A batch that can be told from its number alone: it counts up one row, keeps a row per number and deletes an older
/// one. Its journal entry is `size` bytes long.
pub(crate) fn numbered_batch(seq: u64, size: usize) -> Batch {
    let mut rows =
        vec![put(1, "counter", &seq.to_string()), put(2, &format!("{seq:08}"), &"v".repeat(size / 4))];
    if seq.is_multiple_of(3) {
        rows.push(delete(2, &format!("{:08}", seq / 3)));
    }
    let mut journal = format!("{seq}:").into_bytes();
    journal.resize(size.max(journal.len()), b'j');
    Batch { seq, rows, journal, touched: vec![format!("resource/{}", seq % 5).into_bytes()] }
}

/// What a store holds after `numbered_batch(1..=last)`.
pub(crate) fn numbered_model(last_seq: u64, size: usize) -> Model {
    let mut model = Model::default();
    for seq in 1..=last_seq {
        model.apply(&numbered_batch(seq, size));
    }
    model
}

/// The reference: rows and batches as they should be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    pub(crate) journal: BTreeMap<u64, Batch>,
    pub(crate) last_seq: u64,
}

impl Model {
    pub(crate) fn apply(&mut self, batch: &Batch) {
        for row in &batch.rows {
            let key = (row.table, row.key.clone());
            match &row.value {
                Some(value) => self.rows.insert(key, value.clone()),
                None => self.rows.remove(&key),
            };
        }
        self.last_seq = batch.seq;
        self.journal.insert(batch.seq, batch.clone());
    }

    /// Loads the store and compares all it holds, rows and history, with the model.
    #[track_caller]
    pub(crate) fn check(&self, store: &mut dyn Store) {
        let (last_seq, rows) = read(store.load().unwrap());
        assert_eq!(last_seq, self.last_seq);
        assert!(rows == self.rows(), "rows differ from the model at {last_seq}");
        let reader = store.reader();
        let all = all_history(&*reader, None, Order::OldestFirst);
        assert!(all == self.history(None), "the journal differs from the model at {last_seq}");
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let row = |((table, key), value): (&(Table, Vec<u8>), &Vec<u8>)| Row {
            table: *table,
            key: key.clone(),
            value: value.clone(),
        };
        self.rows.iter().map(row).collect()
    }

    pub(crate) fn history(&self, resource: Option<&[u8]>) -> Vec<JournalEntry> {
        let matches = |batch: &&Batch| {
            resource.is_none_or(|resource| batch.touched.iter().any(|touched| touched == resource))
        };
        let entry = |batch: &Batch| JournalEntry {
            seq: batch.seq,
            journal: batch.journal.clone(),
            rows: batch.rows.clone(),
        };
        self.journal.values().filter(matches).map(entry).collect()
    }
}

/// Reads what was loaded to its end.
pub(crate) fn read(loaded: Loaded<'_>) -> (u64, Vec<Row>) {
    let rows: Result<Vec<_>, StoreError> = loaded.rows.collect();
    (loaded.last_seq, rows.unwrap())
}

/// All pages of a history, one after the other.
pub(crate) fn all_history(
    reader: &dyn HistoryReader,
    resource: Option<&[u8]>,
    order: Order,
) -> Vec<JournalEntry> {
    let mut query =
        HistoryQuery { resource: resource.map(<[u8]>::to_vec), limit: 7, ..HistoryQuery::all(order) };
    let mut entries = Vec::new();
    loop {
        let page = reader.history(&query).unwrap();
        entries.extend(page.entries);
        if !page.more {
            return entries;
        }
        let last = entries.last().map(|entry| entry.seq);
        match order {
            Order::OldestFirst => query.after_seq = last,
            Order::NewestFirst => query.before_seq = last,
        }
    }
}
