//! Torn and broken files of the embedded store: every batch before the tear is whole, no batch is there by half.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gantry_store::{EmbeddedStore, StoreError};
use tempfile::TempDir;

use crate::support::{lead, numbered_batch, numbered_model};

/// Batches that span several pages of the log, so that a page can be missing within one.
const BATCH_BYTES: usize = 10_000;
const BATCHES: u64 = 12;

/// A closed store, and where in its log each batch ends.
struct Original {
    folder: TempDir,
    /// Ends of batches `0..=BATCHES`; the first is where the log ends before batch 1.
    ends: Vec<u64>,
}

impl Original {
    fn write() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, fence) = lead(&folder);
        let mut ends = vec![log_end(folder.path(), 0)];
        for seq in 1..=BATCHES {
            store.append(&numbered_batch(seq, BATCH_BYTES), fence).unwrap();
            ends.push(log_end(folder.path(), ends[seq as usize - 1]));
        }
        assert!(ends.is_sorted_by(|a, b| a < b));
        drop(store);
        Self { folder, ends }
    }

    /// A copy of the folder to damage.
    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        let copied = Command::new("cp")
            .args(["--archive", "--sparse=always"])
            .arg(self.folder.path().join("."))
            .arg(copy.path())
            .status();
        assert!(copied.unwrap().success());
        copy
    }

    /// The last batch that ends at or before this position.
    fn last_batch_before(&self, position: u64) -> u64 {
        (0..=BATCHES).rfind(|seq| self.ends[*seq as usize] <= position).unwrap_or(0)
    }

    /// Positions at, around and between the ends of batches.
    fn positions(&self) -> Vec<u64> {
        let around =
            |end: &u64| [end - 13, end - 4, end - 1, *end, end + 1, end + 14, end + 3_000, end + 8_000];
        let last = self.ends[BATCHES as usize];
        self.ends.iter().flat_map(around).filter(|at| *at <= last).collect()
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("engine/0.jnl")
}

/// The log is longer than what is in it; the rest are zeros, and the last batch ends with a byte that is not.
fn log_end(folder: &Path, end_before: u64) -> u64 {
    let mut bytes = [0; 4 * BATCH_BYTES];
    let len = File::open(log(folder)).unwrap().read_at(&mut bytes, end_before).unwrap();
    end_before + bytes[..len].iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1
}

/// Opens a damaged copy: it holds exactly these batches, and goes on from there.
#[track_caller]
fn check_mended(copy: &TempDir, last_seq: u64, context: &str) {
    let (mut store, fence) = lead(copy);
    let found = store.load().unwrap().last_seq;
    assert_eq!(found, last_seq, "{context}");
    numbered_model(last_seq, BATCH_BYTES).check(&mut *store);
    store.append(&numbered_batch(last_seq + 1, BATCH_BYTES), fence).unwrap();
    drop(store);
    let (mut store, _) = lead(copy);
    numbered_model(last_seq + 1, BATCH_BYTES).check(&mut *store);
}

#[test]
fn a_log_that_ends_early_keeps_what_is_before() {
    let original = Original::write();
    for position in original.positions() {
        let copy = original.copy();
        File::options().write(true).open(log(copy.path())).unwrap().set_len(position).unwrap();
        check_mended(&copy, original.last_batch_before(position), &format!("cut at {position}"));
    }
}

#[test]
fn zeros_where_the_tail_should_be_keep_what_is_before() {
    let original = Original::write();
    for position in original.positions() {
        let copy = original.copy();
        let file = File::options().write(true).open(log(copy.path())).unwrap();
        let len = file.metadata().unwrap().len();
        file.set_len(position).unwrap();
        file.set_len(len).unwrap();
        check_mended(&copy, original.last_batch_before(position), &format!("zeros from {position}"));
    }
}

#[test]
fn a_log_that_has_lost_its_beginning_is_not_taken_for_a_new_store() {
    let original = Original::write();
    for position in [0, 1, 40] {
        let copy = original.copy();
        File::options().write(true).open(log(copy.path())).unwrap().set_len(position).unwrap();
        let refused = EmbeddedStore::open(copy.path()).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
    }
}

#[test]
fn a_page_that_is_missing_in_the_last_batch_drops_that_batch() {
    const PAGE_BYTES: u64 = 4_096;
    let original = Original::write();
    let (start, end) = (original.ends[BATCHES as usize - 1], original.ends[BATCHES as usize]);
    for page in start.div_ceil(PAGE_BYTES)..end.div_ceil(PAGE_BYTES) {
        let copy = original.copy();
        let file = File::options().write(true).open(log(copy.path())).unwrap();
        let missing = (end - page * PAGE_BYTES).min(PAGE_BYTES);
        file.write_all_at(&vec![0; missing as usize], page * PAGE_BYTES).unwrap();
        check_mended(&copy, BATCHES - 1, &format!("page {page} is missing"));
    }
}

#[test]
fn noise_in_the_last_batch_drops_that_batch() {
    let original = Original::write();
    let (start, end) = (original.ends[BATCHES as usize - 1], original.ends[BATCHES as usize]);
    for position in (start..end).step_by(397) {
        let copy = original.copy();
        let file = File::options().write(true).read(true).open(log(copy.path())).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, position).unwrap();
        file.write_all_at(&[byte[0] ^ 0x55], position).unwrap();
        check_mended(&copy, BATCHES - 1, &format!("byte {position} is wrong"));
    }
}

#[test]
fn noise_in_the_middle_is_refused_not_mended() {
    let original = Original::write();
    let copy = original.copy();
    let file = File::options().write(true).open(log(copy.path())).unwrap();
    file.write_all_at(b"noise", original.ends[4] + 5_000).unwrap();
    let before = fs::read(log(copy.path())).unwrap();
    for _ in 0..2 {
        let refused = EmbeddedStore::open(copy.path()).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
    }
    assert!(
        fs::read(log(copy.path())).unwrap() == before,
        "a log that is not understood must not be changed"
    );
}
