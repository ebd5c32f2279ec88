//! What one commit writes, and how large it may be.

use std::collections::{BTreeMap, BTreeSet};

use crate::AppendError;

/// Most bytes of one batch: keys, values, touched resources and journal entry together. A leader that has more to
/// say splits its inputs over two batches; a larger one would stall every reply behind a single slow write.
pub const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Most bytes of one row key or resource key: twice the longest ARN, which is 2,048.
pub const KEY_BYTES_MAX: usize = 4096;

/// Most resources that one batch may touch; its stored count has 16 bits.
pub const TOUCHED_MAX: usize = u16::MAX as usize;

/// The number of a table. Rows are loaded in the order of their tables, and within a table in the order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub u16);

/// One committed step: the rows that changed and the journal entry that says why. It is stored whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// One more than the last stored batch's; the first batch has 1.
    pub seq: u64,
    /// Rows written or deleted, in the order of the changes. If a key occurs twice, the later one counts. The history gives
    /// all of them back with the entry, which therefore need not repeat them.
    pub rows: Vec<RowWrite>,
    /// The journal entry: whatever the rows do not say. The store never looks inside.
    pub journal: Vec<u8>,
    /// Keys of the resources under which the history finds this entry. Repetitions count once.
    pub touched: Vec<Vec<u8>>,
}

/// One row written or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// The row's table.
    pub table: Table,
    /// The row's key, at most [`KEY_BYTES_MAX`] bytes.
    pub key: Vec<u8>,
    /// The new value; `None` deletes the row.
    pub value: Option<Vec<u8>>,
}

impl Batch {
    /// Bytes that count against [`BATCH_BYTES_MAX`].
    pub fn size_bytes(&self) -> usize {
        let rows: usize =
            self.rows.iter().map(|row| row.key.len() + row.value.as_ref().map_or(0, Vec::len)).sum();
        let touched: usize = self.touched.iter().map(Vec::len).sum();
        rows + touched + self.journal.len()
    }

    /// Refuses what no store can hold.
    pub(crate) fn check_size(&self) -> Result<(), AppendError> {
        let row_keys = self.rows.iter().map(|row| row.key.len());
        let key_bytes = row_keys.chain(self.touched.iter().map(Vec::len)).max().unwrap_or(0);
        at_most("bytes of a batch", self.size_bytes(), BATCH_BYTES_MAX)?;
        at_most("bytes of a key", key_bytes, KEY_BYTES_MAX)?;
        at_most("touched resources", self.touched.len(), TOUCHED_MAX)
    }

    /// The rows with only the last write of each key, in the order of tables and keys.
    pub(crate) fn last_writes(&self) -> BTreeMap<(Table, &[u8]), Option<&[u8]>> {
        self.rows.iter().map(|row| ((row.table, row.key.as_slice()), row.value.as_deref())).collect()
    }

    /// The touched resources, each once, in order.
    pub(crate) fn touched_once(&self) -> BTreeSet<&[u8]> {
        self.touched.iter().map(Vec::as_slice).collect()
    }
}

fn at_most(what: &'static str, size: usize, max: usize) -> Result<(), AppendError> {
    if size > max { Err(AppendError::TooLarge { what, size, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(key: &[u8], value: Option<&[u8]>) -> RowWrite {
        RowWrite { table: Table(1), key: key.to_vec(), value: value.map(<[u8]>::to_vec) }
    }

    #[test]
    fn the_last_write_of_a_key_counts() {
        let rows = vec![write(b"b", Some(b"1")), write(b"a", Some(b"2")), write(b"b", None)];
        let batch = Batch { rows, ..Batch::default() };
        let last: Vec<_> = batch.last_writes().into_iter().collect();
        assert_eq!(
            last,
            [((Table(1), b"a".as_slice()), Some(b"2".as_slice())), ((Table(1), b"b".as_slice()), None)]
        );
    }

    #[test]
    fn each_limit_is_inclusive() {
        let journal = |size| Batch { journal: vec![0; size], ..Batch::default() };
        assert!(journal(BATCH_BYTES_MAX).check_size().is_ok());
        assert!(journal(BATCH_BYTES_MAX + 1).check_size().is_err());

        let key = |size| Batch { rows: vec![write(&vec![0; size], None)], ..Batch::default() };
        assert!(key(KEY_BYTES_MAX).check_size().is_ok());
        assert!(key(KEY_BYTES_MAX + 1).check_size().is_err());

        let touched = |count| Batch { touched: vec![vec![]; count], ..Batch::default() };
        assert!(touched(TOUCHED_MAX).check_size().is_ok());
        assert!(touched(TOUCHED_MAX + 1).check_size().is_err());
    }
}
