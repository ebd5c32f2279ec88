//! A batch on disk: the journal entry, the rows, and what trimming needs to know about it.
//!
//! `version u8 | written_bytes u64 | count u16 | count × resource | count u32 | count × row | journal`, little-endian. A
//! resource is `length u16 | bytes`; a row is `table u16 | length u16 | key | length u32 | value`, where a length of
//! `u32::MAX` stands for a row that is deleted.

use std::collections::BTreeSet;

use crate::{Batch, RowWrite, StoreError, Table};

const VERSION: u8 = 1;

/// The length of a value that is none.
const DELETED: u32 = u32::MAX;

/// A batch as it is stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchRecord<'a> {
    /// Bytes of all batches ever written, up to and including this one. The difference between two records is the
    /// size of what lies between them, so no total has to be kept elsewhere.
    pub(super) written_bytes: u64,
    /// The resources whose index entries go when this batch goes.
    pub(super) touched: Vec<&'a [u8]>,
    /// The rows as they were given.
    pub(super) rows: Vec<RowRef<'a>>,
    /// The entry as it was given.
    pub(super) journal: &'a [u8],
}

/// A row inside a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowRef<'a> {
    pub(super) table: Table,
    pub(super) key: &'a [u8],
    pub(super) value: Option<&'a [u8]>,
}

impl RowRef<'_> {
    pub(super) fn to_write(self) -> RowWrite {
        RowWrite { table: self.table, key: self.key.to_vec(), value: self.value.map(<[u8]>::to_vec) }
    }
}

/// The stored form of a batch whose size was checked.
pub(super) fn encode(batch: &Batch, touched: &BTreeSet<&[u8]>, written_bytes: u64) -> Vec<u8> {
    let length =
        |bytes: &[u8]| u16::try_from(bytes.len()).expect("the size of a key was checked").to_le_bytes();
    let mut bytes = Vec::with_capacity(batch.size_bytes() + 64);
    bytes.push(VERSION);
    bytes.extend(written_bytes.to_le_bytes());
    let count = u16::try_from(touched.len()).expect("the count of touched resources was checked");
    bytes.extend(count.to_le_bytes());
    for resource in touched {
        bytes.extend(length(resource));
        bytes.extend(*resource);
    }
    let count = u32::try_from(batch.rows.len()).expect("the size of a batch was checked");
    bytes.extend(count.to_le_bytes());
    for row in &batch.rows {
        bytes.extend(row.table.0.to_le_bytes());
        bytes.extend(length(&row.key));
        bytes.extend(&row.key);
        let value = row.value.as_deref();
        let value_length = value
            .map_or(DELETED, |value| u32::try_from(value.len()).expect("the size of a batch was checked"));
        bytes.extend(value_length.to_le_bytes());
        bytes.extend(value.unwrap_or_default());
    }
    bytes.extend(&batch.journal);
    bytes
}

impl<'a> BatchRecord<'a> {
    pub(super) fn decode(bytes: &'a [u8]) -> Result<Self, StoreError> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => Self::decode_fields(rest)
                .ok_or(StoreError::Damaged { what: "a journal entry is too short", source: None }),
            Some((&version, _)) => Err(StoreError::Format { found: version.into(), known: VERSION.into() }),
            None => Err(StoreError::Damaged { what: "a journal entry is empty", source: None }),
        }
    }

    fn decode_fields(mut rest: &'a [u8]) -> Option<Self> {
        let written_bytes = u64::from_le_bytes(take(&mut rest)?);
        let count = u16::from_le_bytes(take(&mut rest)?);
        let touched = (0..count).map(|_| take_key(&mut rest)).collect::<Option<_>>()?;
        let count = u32::from_le_bytes(take(&mut rest)?);
        let rows = (0..count).map(|_| take_row(&mut rest)).collect::<Option<_>>()?;
        Some(Self { written_bytes, touched, rows, journal: rest })
    }

    /// Bytes of the batch, as [`Batch::size_bytes`] counts them.
    pub(super) fn size_bytes(&self) -> u64 {
        let rows = self.rows.iter().map(|row| row.key.len() + row.value.map_or(0, <[u8]>::len));
        let touched = self.touched.iter().map(|resource| resource.len());
        (rows.chain(touched).sum::<usize>() + self.journal.len()) as u64
    }
}

fn take_row<'a>(rest: &mut &'a [u8]) -> Option<RowRef<'a>> {
    let table = Table(u16::from_le_bytes(take(rest)?));
    let key = take_key(rest)?;
    let value = match u32::from_le_bytes(take(rest)?) {
        DELETED => None,
        length => Some(take_bytes(rest, length as usize)?),
    };
    Some(RowRef { table, key, value })
}

fn take_key<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_le_bytes(take(rest)?);
    take_bytes(rest, length.into())
}

fn take_bytes<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stored form of version 1. It never changes; a new form is a new version.
    const GOLDEN: &[u8] = b"\x01\x05\0\0\0\0\0\0\0\x02\0\x01\0a\x02\0bc\
        \x02\0\0\0\x07\0\x01\0k\x02\0\0\0vw\x07\0\x01\0d\xff\xff\xff\xffwhy";

    fn batch() -> Batch {
        let row = |key: &str, value: Option<&str>| RowWrite {
            table: Table(7),
            key: key.into(),
            value: value.map(Into::into),
        };
        let touched = vec![b"bc".to_vec(), b"a".to_vec()];
        Batch { seq: 1, rows: vec![row("k", Some("vw")), row("d", None)], journal: b"why".to_vec(), touched }
    }

    #[test]
    fn the_stored_form_stays() {
        let batch = batch();
        assert_eq!(encode(&batch, &batch.touched_once(), 5), GOLDEN);
        let decoded = BatchRecord::decode(GOLDEN).unwrap();
        let rows: Vec<_> = decoded.rows.iter().map(|row| row.to_write()).collect();
        assert_eq!((decoded.written_bytes, decoded.journal), (5, b"why".as_slice()));
        assert_eq!((decoded.touched.clone(), rows), (vec![&b"a"[..], b"bc"], batch.rows.clone()));
        assert_eq!(decoded.size_bytes(), batch.size_bytes() as u64);
    }

    #[test]
    fn what_is_not_a_record_is_an_error() {
        for length in 0..GOLDEN.len() - b"why".len() {
            assert!(BatchRecord::decode(&GOLDEN[..length]).is_err(), "cut at {length}");
        }
        let newer = [[2].as_slice(), &GOLDEN[1..]].concat();
        assert!(matches!(BatchRecord::decode(&newer), Err(StoreError::Format { found: 2, known: 1 })));
    }
}
