//! A disk that is full: a clean refusal in time, history still readable, and work again as soon as there is space.
//!
//! Each test has a small file system of its own in a mount namespace of its own, which vanishes with the test's thread.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gantry_store::{
    AppendError, EmbeddedStore, Fence, HistoryQuery, Order, Retention, Retry, Store, StoreError,
};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::thread::UnshareFlags;

use crate::support::{Model, numbered_batch, numbered_model};

/// What a client is promised.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Far more than the work takes while space comes and goes.
const WORK_WITHIN: Duration = Duration::from_secs(120);

/// Runs a test where its mounts are seen by nobody else.
fn in_own_mounts(test: impl FnOnce(&Path) + Send) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let run = move || {
        // SAFETY: of what threads share, this takes only the mounts and the current folder away from this thread,
        // and no other thread relies on either.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.expect("needs root");
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
        test(path);
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

fn mount_tmpfs(path: &Path, options: &std::ffi::CStr) {
    mount("tmpfs", path, "tmpfs", MountFlags::empty(), Some(options)).unwrap();
}

fn mount_ext4(path: &Path) {
    let image = tempfile::NamedTempFile::new().unwrap();
    image.as_file().set_len(128 * 1024 * 1024).unwrap();
    let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
    run(Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(image.path()));
    run(Command::new("mount").args(["-o", "loop"]).arg(image.path()).arg(path));
}

/// A file that takes all the space that is left.
struct Filler(PathBuf);

impl Filler {
    fn fill(folder: &Path) -> Self {
        let path = folder.join("filler");
        let mut file = File::create(&path).unwrap();
        let mut chunk = vec![1; 1024 * 1024];
        while chunk.len() >= 512 {
            if file.write_all(&chunk).and_then(|()| file.sync_data()).is_err() {
                chunk.truncate(chunk.len() / 2);
            }
        }
        Self(path)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn lead(mut store: EmbeddedStore) -> (EmbeddedStore, Fence) {
    let fence = store.acquire("test").unwrap();
    store.load().unwrap();
    (store, fence)
}

fn append_numbered(
    store: &mut EmbeddedStore,
    fence: Fence,
    seqs: std::ops::RangeInclusive<u64>,
    size: usize,
) {
    for seq in seqs {
        store.append(&numbered_batch(seq, size), fence).unwrap();
    }
}

fn refusals_are_clean_and_end_with_the_shortage(folder: &Path) {
    let data = folder.join("data");
    let (mut store, fence) = lead(EmbeddedStore::open(&data).unwrap());
    append_numbered(&mut store, fence, 1..=40, 50_000);

    let filler = Filler::fill(folder);
    for _ in 0..3 {
        let started = Instant::now();
        let refused = store.append(&numbered_batch(41, 50_000), fence).unwrap_err();
        assert!(matches!(refused, AppendError::NoSpace), "{refused:?}");
        assert_eq!(refused.retry(), Retry::Later);
        assert!(started.elapsed() < ANSWER_WITHIN);
    }
    let retention = Retention { before_seq: 3, bytes_max: u64::MAX };
    assert!(matches!(store.trim(retention, fence), Err(StoreError::NoSpace)));
    let page = store.reader().history(&HistoryQuery::all(Order::NewestFirst)).unwrap();
    assert_eq!(page.entries.len(), 40);
    numbered_model(40, 50_000).check(&mut store);

    drop(filler);
    append_numbered(&mut store, fence, 41..=60, 50_000);
    numbered_model(60, 50_000).check(&mut store);
    drop(store);
    numbered_model(60, 50_000).check(&mut EmbeddedStore::open(&data).unwrap());
}

#[test]
fn a_full_tmpfs_is_refused_cleanly() {
    in_own_mounts(|path| {
        mount_tmpfs(path, c"size=128m");
        refusals_are_clean_and_end_with_the_shortage(path);
    });
}

#[test]
fn a_full_ext4_is_refused_cleanly() {
    in_own_mounts(|path| {
        mount_ext4(path);
        refusals_are_clean_and_end_with_the_shortage(path);
    });
}

#[test]
fn a_start_on_a_full_disk_reads_and_waits_for_space() {
    in_own_mounts(|path| {
        mount_tmpfs(path, c"size=128m");
        let (mut store, fence) = lead(EmbeddedStore::open(path).unwrap());
        append_numbered(&mut store, fence, 1..=20, 50_000);
        drop(store);

        let filler = Filler::fill(path);
        let mut store = EmbeddedStore::open(path).unwrap();
        numbered_model(20, 50_000).check(&mut store);
        assert!(matches!(store.append(&numbered_batch(21, 50_000), fence), Err(AppendError::NoSpace)));
        assert!(matches!(store.acquire("a new leader"), Err(StoreError::NoSpace)));
        drop(filler);
        let fence = store.acquire("a new leader").unwrap();
        append_numbered(&mut store, fence, 21..=21, 50_000);
    });
}

#[test]
fn a_disk_without_room_for_files_is_full() {
    in_own_mounts(|path| {
        mount_tmpfs(path, c"size=128m,nr_inodes=200");
        let (mut store, fence) = lead(EmbeddedStore::open(&path.join("data")).unwrap());
        append_numbered(&mut store, fence, 1..=1, 100);
        let fillers = path.join("fillers");
        fs::create_dir(&fillers).unwrap();
        (0..).map(|number| File::create(fillers.join(number.to_string()))).find(Result::is_err);
        assert!(matches!(store.append(&numbered_batch(2, 100), fence), Err(AppendError::NoSpace)));
        fs::remove_dir_all(&fillers).unwrap();
        append_numbered(&mut store, fence, 2..=2, 100);
    });
}

/// Without a floor the engine itself runs into the end of the disk, in the middle of a batch.
#[test]
fn a_write_that_hits_the_end_is_unknown_until_there_is_space() {
    in_own_mounts(|path| {
        mount_tmpfs(path, c"size=96m");
        let data = path.join("data");
        let (mut store, fence) = lead(EmbeddedStore::open(&data).unwrap().with_write_floor(0));
        append_numbered(&mut store, fence, 1..=10, 50_000);
        let reader = store.reader();

        let filler = Filler::fill(path);
        let unknown = store.append(&numbered_batch(11, 1_000_000), fence).unwrap_err();
        assert!(matches!(unknown, AppendError::Unknown(_)), "{unknown:?}");
        assert!(matches!(store.append(&numbered_batch(11, 10), fence), Err(AppendError::NotLoaded)));
        assert_eq!(reader.span().unwrap().last_seq, 10);

        drop(filler);
        assert_eq!(store.load().unwrap().last_seq, 10, "the batch cannot have been written whole");
        append_numbered(&mut store, fence, 11..=11, 1_000_000);
        assert_eq!(reader.span().unwrap().last_seq, 11);
        drop(store);
        let mut store = EmbeddedStore::open(&data).unwrap();
        assert_eq!(store.load().unwrap().last_seq, 11);
    });
}

/// Space comes and goes while a leader works and does as it is told: commits, tables and merges hit the end anywhere.
#[test]
fn a_disk_that_fills_and_empties_all_the_time_loses_nothing() {
    const BATCH_BYTES: usize = 200_000;
    const BATCHES: u64 = 120;
    in_own_mounts(|path| {
        mount_tmpfs(path, c"size=192m");
        let data = path.join("data");
        let (mut store, fence) = lead(EmbeddedStore::open(&data).unwrap());
        let done = AtomicBool::new(false);
        let refusals = thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    drop(Filler::fill(path));
                }
            });
            let refusals = lead_through_shortage(&mut store, fence, BATCHES, BATCH_BYTES);
            done.store(true, Ordering::Release);
            refusals
        });
        assert!(refusals > 0, "the disk was never full");
        drop(store);
        let mut store = EmbeddedStore::open(&data).unwrap();
        let mut model = numbered_model(BATCHES, BATCH_BYTES);
        keep_what_is_kept(&mut model, &store);
        model.check(&mut store);
    });
}

/// Appends batch after batch, each as often as it takes, and keeps the history small. Counts the refusals.
fn lead_through_shortage(store: &mut EmbeddedStore, fence: Fence, batches: u64, size: usize) -> usize {
    let (mut seq, mut refusals, mut must_load) = (1, 0, false);
    let begun = Instant::now();
    while seq <= batches {
        let started = Instant::now();
        assert!(begun.elapsed() < WORK_WITHIN, "stuck at batch {seq}, must_load: {must_load}");
        if must_load {
            match store.load() {
                Ok(loaded) => {
                    assert!((seq - 1..=seq).contains(&loaded.last_seq), "batch {} was acknowledged", seq - 1);
                    seq = loaded.last_seq + 1;
                    must_load = false;
                }
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            }
            continue;
        }
        match store.append(&numbered_batch(seq, size), fence) {
            Ok(()) => seq += 1,
            Err(error) => {
                refusals += 1;
                must_load = error.retry() == Retry::AfterLoad;
                assert_ne!(error.retry(), Retry::Never, "{error:?}");
            }
        }
        assert!(started.elapsed() < ANSWER_WITHIN, "an answer took {:?}", started.elapsed());
        if seq.is_multiple_of(50) && !must_load {
            let retention = Retention { before_seq: seq.saturating_sub(20), bytes_max: u64::MAX };
            must_load =
                store.trim(retention, fence).is_err_and(|error| !matches!(error, StoreError::NoSpace));
        }
    }
    refusals
}

fn keep_what_is_kept(model: &mut Model, store: &EmbeddedStore) {
    let first_seq = store.reader().span().unwrap().first_seq;
    model.journal.retain(|seq, _| *seq >= first_seq);
}
