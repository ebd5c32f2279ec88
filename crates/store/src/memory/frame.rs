//! The bytes of a batch on a memory disk: framed and checksummed, so that a torn write is told from a whole one.
//!
//! A frame is `length u32 | crc32 u32 | payload`, little-endian; the payload holds the batch's fields in their order,
//! each list and byte string after its length as u32.

use crate::{Batch, RowWrite, Table};

const HEADER_BYTES: usize = 8;

/// Appends the frame of a batch.
pub(super) fn write(batch: &Batch, out: &mut Vec<u8>) {
    let mut payload = Vec::with_capacity(batch.size_bytes());
    payload.extend(batch.seq.to_le_bytes());
    write_len(batch.rows.len(), &mut payload);
    for row in &batch.rows {
        write_row(row, &mut payload);
    }
    write_bytes(&batch.journal, &mut payload);
    write_len(batch.touched.len(), &mut payload);
    for resource in &batch.touched {
        write_bytes(resource, &mut payload);
    }
    write_len(payload.len(), out);
    out.extend(crc32fast::hash(&payload).to_le_bytes());
    out.extend(payload);
}

/// Takes the first frame off `bytes`. `None` if it is not whole: then nothing behind it counts either.
pub(super) fn read(bytes: &mut &[u8]) -> Option<Batch> {
    let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
    let (length, crc) = header.split_at(4);
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let (mut payload, rest) = rest.split_at_checked(length)?;
    if crc32fast::hash(payload).to_le_bytes() != crc {
        return None;
    }
    *bytes = rest;
    read_payload(&mut payload)
}

fn write_row(row: &RowWrite, out: &mut Vec<u8>) {
    out.extend(row.table.0.to_le_bytes());
    write_bytes(&row.key, out);
    match &row.value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            write_bytes(value, out);
        }
    }
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    write_len(bytes.len(), out);
    out.extend(bytes);
}

fn write_len(len: usize, out: &mut Vec<u8>) {
    let len = u32::try_from(len).expect("the size of a batch was checked");
    out.extend(len.to_le_bytes());
}

fn read_payload(payload: &mut &[u8]) -> Option<Batch> {
    let seq = u64::from_le_bytes(take(payload)?);
    let rows = (0..read_len(payload)?).map(|_| read_row(payload)).collect::<Option<_>>()?;
    let journal = read_bytes(payload)?;
    let touched = (0..read_len(payload)?).map(|_| read_bytes(payload)).collect::<Option<_>>()?;
    Some(Batch { seq, rows, journal, touched })
}

fn read_row(payload: &mut &[u8]) -> Option<RowWrite> {
    let table = Table(u16::from_le_bytes(take(payload)?));
    let key = read_bytes(payload)?;
    let [present] = take(payload)?;
    let value = if present == 1 { Some(read_bytes(payload)?) } else { None };
    Some(RowWrite { table, key, value })
}

fn read_bytes(payload: &mut &[u8]) -> Option<Vec<u8>> {
    let len = read_len(payload)?;
    let (bytes, rest) = payload.split_at_checked(len)?;
    *payload = rest;
    Some(bytes.to_vec())
}

fn read_len(payload: &mut &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(take(payload)?) as usize)
}

fn take<const N: usize>(payload: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = payload.split_first_chunk()?;
    *payload = rest;
    Some(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(seq: u64) -> Batch {
        let row = |key: &[u8], value| RowWrite { table: Table(7), key: key.to_vec(), value };
        Batch {
            seq,
            rows: vec![row(b"gone", None), row(b"empty", Some(vec![])), row(b"full", Some(vec![1, 2, 3]))],
            journal: b"because".to_vec(),
            touched: vec![b"task/1".to_vec(), vec![]],
        }
    }

    #[test]
    fn frames_come_back_one_after_the_other() {
        let mut bytes = Vec::new();
        write(&batch(1), &mut bytes);
        write(&batch(2), &mut bytes);
        let mut rest = bytes.as_slice();
        assert_eq!(read(&mut rest), Some(batch(1)));
        assert_eq!(read(&mut rest), Some(batch(2)));
        assert_eq!(read(&mut rest), None);
    }

    #[test]
    fn no_shortened_or_flipped_frame_is_taken_for_a_batch() {
        let mut bytes = Vec::new();
        write(&batch(1), &mut bytes);
        for len in 0..bytes.len() {
            assert_eq!(read(&mut &bytes[..len]), None, "cut at {len}");
        }
        for position in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[position] ^= 0x10;
            assert_eq!(read(&mut flipped.as_slice()), None, "flipped at {position}");
        }
    }
}
