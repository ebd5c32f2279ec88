//! An engine that has stopped taking writes is opened again inside the process.

use std::fs;
use std::path::PathBuf;

use gantry_store::Retry;

use crate::support::{lead, numbered_batch, numbered_model};

/// Large enough that a few batches fill what the engine gathers before it writes a table.
const BATCH_BYTES: usize = 400_000;

/// Where the engine puts the tables of the journal.
fn tables(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("engine/keyspaces/2/tables")
}

#[test]
fn a_failed_table_write_is_healed_when_its_cause_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, fence) = lead(&folder);
    let reader = store.reader();
    let aside = folder.path().join("tables aside");
    fs::rename(tables(&folder), &aside).unwrap();
    fs::write(tables(&folder), "a file where a folder should be").unwrap();

    let mut seq = 0;
    let refused = loop {
        seq += 1;
        match store.append(&numbered_batch(seq, BATCH_BYTES), fence) {
            Ok(()) => assert!(seq < 1_000, "the engine has never written a table"),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.retry(), Retry::Later, "{refused:?}");
    assert!(store.append(&numbered_batch(seq, BATCH_BYTES), fence).is_err(), "the cause is still there");
    assert!(reader.span().is_err(), "the engine cannot be open, and its readers must be told");

    fs::remove_file(tables(&folder)).unwrap();
    fs::rename(&aside, tables(&folder)).unwrap();
    store.append(&numbered_batch(seq, BATCH_BYTES), fence).unwrap();
    assert_eq!(reader.span().unwrap().last_seq, seq);
    numbered_model(seq, BATCH_BYTES).check(&mut *store);
    drop(store);
    numbered_model(seq, BATCH_BYTES).check(&mut *lead(&folder).0);
}

/// After a kill the log may hold more than the engine gathers in memory before it writes a table.
#[test]
fn a_large_log_is_taken_up_where_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let aside = folder.path().join("tables aside");
    let (mut store, fence) = lead(&folder);
    fs::rename(tables(&folder), &aside).unwrap();
    fs::write(tables(&folder), "no table can be written").unwrap();
    store.append(&numbered_batch(1, 13_000_000), fence).unwrap();
    drop(store);
    fs::remove_file(tables(&folder)).unwrap();
    fs::rename(&aside, tables(&folder)).unwrap();

    let (mut store, fence) = lead(&folder);
    for seq in 2..=10 {
        store.append(&numbered_batch(seq, 100), fence).unwrap();
    }
}
