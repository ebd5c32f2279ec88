//! Mending the one kind of torn write that the engine refuses to open.
//!
//! The engine's log is a row of batches, each with a checksum. A batch whose end is missing is dropped by the engine
//! itself. But the kernel may write the pages of a batch in any order, so that a power cut can leave a batch with a
//! beginning, an end, and a hole between them; there the engine stops. Such a batch was not synced, so nobody was told
//! of it, and as each batch is synced before the next is written, it is the last one. If a whole batch follows, the
//! damage has another cause, and mending it would lose what was acknowledged: then nothing is touched.
//!
//! A batch of the log, little-endian:
//! `1 | item_count u32 | seqno u64 | item_count × item | 3 | xxh3 of all items u64 | "FJL" 3`, where an item is
//! `2 | type u8 | compression u8 | keyspace u64 | key_len u16 | value_len u32 | stored_len u32 | key | value`, or, for a
//! keyspace that is emptied, `4 | keyspace u64`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::error::store_error;
use crate::StoreError;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: &[u8] = b"FJL\x03";

/// Cuts the last batch off the newest log if it is torn.
///
/// # Errors
/// [`StoreError::Damaged`] if whole batches follow a broken one. The log is then left as it is.
pub(super) fn cut_last_write(engine: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| store_error("mend", error.into());
    let Some(log) = newest_log(engine).map_err(failed)? else { return Ok(()) };
    let bytes = fs::read(&log).map_err(failed)?;
    let whole = whole_batches_len(&bytes);
    if contains_whole_batch(&bytes[whole..]) {
        let what = "the log is broken in the middle, with whole writes behind the break";
        return Err(StoreError::Damaged { what, source: None });
    }
    let log = File::options().write(true).open(&log).map_err(failed)?;
    log.set_len(whole as u64).and_then(|()| log.sync_all()).map_err(failed)
}

/// Logs are named by number; the engine writes to the one with the largest.
fn newest_log(engine: &Path) -> io::Result<Option<PathBuf>> {
    let mut newest = None;
    for file in fs::read_dir(engine)? {
        let path = file?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
        if let (Some(number), Some("jnl")) = (stem, path.extension().and_then(|ext| ext.to_str())) {
            newest = newest.max(Some((number, path)));
        }
    }
    Ok(newest.map(|(_, path)| path))
}

/// Length of the run of whole batches at the start.
fn whole_batches_len(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some(after) = skip_batch(rest) {
        rest = after;
    }
    bytes.len() - rest.len()
}

fn contains_whole_batch(bytes: &[u8]) -> bool {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == START);
    starts.into_iter().any(|(at, _)| skip_batch(&bytes[at..]).is_some())
}

/// What follows the batch at the start, if that batch is whole.
fn skip_batch(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[START])?;
    let item_count = u32::from_le_bytes(take(&mut rest)?);
    let _seqno: [u8; 8] = take(&mut rest)?;
    let items = rest;
    for _ in 0..item_count {
        rest = skip_item(rest)?;
    }
    let items = &items[..items.len() - rest.len()];
    let mut rest = rest.strip_prefix(&[END])?;
    let checksum = u64::from_le_bytes(take(&mut rest)?);
    let rest = rest.strip_prefix(TRAILER)?;
    (xxh3_64(items) == checksum).then_some(rest)
}

fn skip_item(bytes: &[u8]) -> Option<&[u8]> {
    let (tag, mut rest) = bytes.split_first()?;
    match *tag {
        ITEM => {
            let _type_compression_keyspace: [u8; 10] = take(&mut rest)?;
            let key_len = u16::from_le_bytes(take(&mut rest)?);
            let _value_len: [u8; 4] = take(&mut rest)?;
            let stored_len = u32::from_le_bytes(take(&mut rest)?);
            rest.get(usize::from(key_len).checked_add(stored_len as usize)?..)
        }
        CLEAR => rest.get(8..),
        _ => None,
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(values: &[&[u8]]) -> Vec<u8> {
        let items: Vec<u8> = values.iter().flat_map(|value| item(value)).collect();
        let mut bytes = vec![START];
        bytes.extend((values.len() as u32).to_le_bytes());
        bytes.extend(7u64.to_le_bytes());
        bytes.extend(&items);
        bytes.push(END);
        bytes.extend(xxh3_64(&items).to_le_bytes());
        bytes.extend(TRAILER);
        bytes
    }

    fn item(value: &[u8]) -> Vec<u8> {
        let len = (value.len() as u32).to_le_bytes();
        [&[ITEM, 0, 0], &1u64.to_le_bytes()[..], &[1, 0], &len, &len, b"k", value].concat()
    }

    /// Logs of these bytes, mended: what is left of the newest, or the error.
    fn mend(logs: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, StoreError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in logs {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        cut_last_write(folder.path())?;
        Ok(fs::read(folder.path().join(logs.last().unwrap().0)).unwrap())
    }

    #[test]
    fn a_hole_in_the_last_batch_is_cut_off_with_it() {
        let whole = batch(&[b"one", b"two"]);
        let mut torn = batch(&[b"three"]);
        torn[36] = 0;
        let padding = vec![0; 100];
        let log = [whole.clone(), torn, padding].concat();
        assert_eq!(mend(&[("9.jnl", vec![]), ("10.jnl", log)]).unwrap(), whole);
    }

    #[test]
    fn a_break_with_whole_batches_behind_it_is_left_alone() {
        let mut broken = batch(&[b"three"]);
        broken[36] = 0;
        let log = [batch(&[b"one"]), broken, batch(&[b"four"])].concat();
        assert!(matches!(mend(&[("0.jnl", log)]), Err(StoreError::Damaged { .. })));
    }
}
