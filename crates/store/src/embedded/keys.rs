//! Keys on disk. All numbers are big-endian, so that the order of bytes is the order of numbers.

use crate::{StoreError, Table};

/// `table u16 | key`
pub(super) fn row(table: Table, key: &[u8]) -> Vec<u8> {
    [table.0.to_be_bytes().as_slice(), key].concat()
}

/// Table and key of a row's key.
pub(super) fn parse_row(bytes: &[u8]) -> Result<(u16, &[u8]), StoreError> {
    let (table, key) = bytes
        .split_first_chunk()
        .ok_or(StoreError::Damaged { what: "the key of a row is too short", source: None })?;
    Ok((u16::from_be_bytes(*table), key))
}

/// `seq u64`
pub(super) fn seq(seq: u64) -> [u8; 8] {
    seq.to_be_bytes()
}

/// The sequence number at the end of a key of the journal or of its index.
pub(super) fn parse_seq(bytes: &[u8]) -> Result<u64, StoreError> {
    let seq = bytes
        .last_chunk()
        .ok_or(StoreError::Damaged { what: "the key of a journal entry is too short", source: None })?;
    Ok(u64::from_be_bytes(*seq))
}

/// `length of the resource u16 | resource | seq u64`: with the length in front, no resource is a prefix of another.
pub(super) fn by_resource(resource: &[u8], seq: u64) -> Vec<u8> {
    let length = u16::try_from(resource.len()).expect("the size of a resource key was checked");
    [length.to_be_bytes().as_slice(), resource, seq.to_be_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_form() {
        assert_eq!(row(Table(0x0102), b"k"), b"\x01\x02k");
        assert_eq!(seq(0x0102), *b"\0\0\0\0\0\0\x01\x02");
        assert_eq!(by_resource(b"ab", 3), b"\0\x02ab\0\0\0\0\0\0\0\x03");
    }

    #[test]
    fn keys_are_read_back() {
        assert_eq!(parse_row(&row(Table(9), b"")).unwrap(), (9, b"".as_slice()));
        assert_eq!(parse_seq(&by_resource(b"x", 7)).unwrap(), 7);
        assert!(parse_row(b"1").is_err());
        assert!(parse_seq(b"1234567").is_err());
    }
}
