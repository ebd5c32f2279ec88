//! A journal entry on disk: the entry, and what trimming needs to know about it.
//!
//! `version u8 | written_bytes u64 | count u16 | count × (length u16 | resource) | journal`, little-endian.

use std::collections::BTreeSet;

use crate::StoreError;

const VERSION: u8 = 1;

/// A journal entry as it is stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct JournalRecord<'a, Touched> {
    /// Bytes of all entries ever written, up to and including this one. The difference between two entries is the
    /// size of what lies between them, so no total has to be kept elsewhere.
    pub(super) written_bytes: u64,
    /// The resources whose index entries go when this entry goes.
    pub(super) touched: Touched,
    /// The entry as it was given.
    pub(super) journal: &'a [u8],
}

impl JournalRecord<'_, &BTreeSet<&[u8]>> {
    pub(super) fn encode(&self) -> Vec<u8> {
        let count = u16::try_from(self.touched.len()).expect("the count of touched resources was checked");
        let mut bytes = vec![VERSION];
        bytes.extend(self.written_bytes.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        for resource in self.touched {
            let length = u16::try_from(resource.len()).expect("the size of a resource key was checked");
            bytes.extend(length.to_le_bytes());
            bytes.extend(*resource);
        }
        bytes.extend(self.journal);
        bytes
    }
}

impl<'a> JournalRecord<'a, Vec<&'a [u8]>> {
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
        let touched = (0..count).map(|_| take_resource(&mut rest)).collect::<Option<_>>()?;
        Some(Self { written_bytes, touched, journal: rest })
    }
}

fn take_resource<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_le_bytes(take(rest)?);
    let (resource, after) = rest.split_at_checked(length.into())?;
    *rest = after;
    Some(resource)
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
    const GOLDEN: &[u8] = b"\x01\x05\0\0\0\0\0\0\0\x02\0\x01\0a\x02\0bcwhy";

    #[test]
    fn the_stored_form_stays() {
        let touched = BTreeSet::from([b"bc".as_slice(), b"a".as_slice()]);
        assert_eq!(JournalRecord { written_bytes: 5, touched: &touched, journal: b"why" }.encode(), GOLDEN);
        let decoded = JournalRecord::decode(GOLDEN).unwrap();
        assert_eq!(
            decoded,
            JournalRecord { written_bytes: 5, touched: vec![&b"a"[..], b"bc"], journal: b"why" }
        );
    }

    #[test]
    fn what_is_not_a_record_is_an_error() {
        for length in 0..GOLDEN.len() - b"why".len() {
            assert!(JournalRecord::decode(&GOLDEN[..length]).is_err(), "cut at {length}");
        }
        let newer = [[2].as_slice(), &GOLDEN[1..]].concat();
        assert!(matches!(JournalRecord::decode(&newer), Err(StoreError::Format { found: 2, known: 1 })));
    }
}
