//! `kill -9` at random moments: what was acknowledged is there, and rows agree with the journal.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gantry_store::{EmbeddedStore, Retention, Store};

use crate::support::{numbered_batch, numbered_model};

/// Batches after which rows and index catch up: kills fall between and into these writes.
const PENDING_MAX: u64 = 5;

/// Large enough for tables to be written and merged during the test, in the middle of which some kills then fall.
const BATCH_BYTES: usize = 30_000;
const TRIM_EVERY: u64 = 32;
const TRIM_KEEPS: u64 = 64;

const FOLDER_VARIABLE: &str = "GANTRY_STORE_KILL_TEST_FOLDER";

/// Moments of the kills: a fixed sequence, so that a failure can be repeated as far as the machine allows.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// Lets a random, short time pass, up to about ten milliseconds.
    fn pass(&mut self) {
        for turn in 0..self.next(100_000) {
            std::hint::black_box(turn);
        }
    }
}

/// The process that is killed: appends without end, and says so after each acknowledgement.
#[test]
#[ignore = "a part of the tests below, which start it as a process of its own"]
fn appender() {
    let Ok(folder) = std::env::var(FOLDER_VARIABLE) else { return };
    let store = EmbeddedStore::open(Path::new(&folder)).unwrap();
    let mut store = store.with_pending_batches_max(PENDING_MAX);
    let fence = store.acquire("appender").unwrap();
    let last_seq = store.load().unwrap().last_seq;
    let mut out = std::io::stdout();
    for seq in last_seq + 1.. {
        store.append(&numbered_batch(seq, BATCH_BYTES), fence).unwrap();
        writeln!(out, "acknowledged {seq}").unwrap();
        out.flush().unwrap();
        store.settle().unwrap();
        if seq.is_multiple_of(TRIM_EVERY) {
            let retention = Retention { before_seq: seq.saturating_sub(TRIM_KEEPS), bytes_max: u64::MAX };
            store.trim(retention, fence).unwrap();
        }
    }
}

fn start_appender(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::appender", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER_VARIABLE, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Waits for this many acknowledgements and a little longer, kills, and says what was acknowledged last.
fn kill_after(mut appender: Child, acknowledgements: usize, moments: &mut Moments) -> u64 {
    let mut lines = BufReader::new(appender.stdout.take().unwrap()).lines().map(Result::unwrap);
    let is_acknowledgement = |line: &String| line.starts_with("acknowledged ");
    let before: Vec<_> = lines.by_ref().filter(is_acknowledgement).take(acknowledgements).collect();
    moments.pass();
    appender.kill().unwrap();
    appender.wait().unwrap();
    // What was said between the last line read and the kill counts as well.
    let last = before.into_iter().chain(lines.filter(is_acknowledgement)).last();
    last.map_or(0, |line| line["acknowledged ".len()..].parse().unwrap())
}

/// Opens what the kill has left: nothing acknowledged is missing, rows and journal agree. Gives the last batch.
fn check(folder: &Path, acknowledged: u64) -> u64 {
    let mut store = EmbeddedStore::open(folder).unwrap();
    let last_seq = store.load().unwrap().last_seq;
    assert!(
        last_seq >= acknowledged,
        "batch {acknowledged} was acknowledged, {last_seq} is the last one stored"
    );
    assert!(last_seq <= acknowledged + 1, "only one batch is under way at a time");

    let first_seq = store.reader().span().unwrap().first_seq;
    assert!(
        first_seq <= 1 || first_seq + TRIM_KEEPS <= last_seq,
        "{first_seq} is trimmed too far for {last_seq}"
    );
    let mut model = numbered_model(last_seq, BATCH_BYTES);
    model.journal.retain(|seq, _| *seq >= first_seq);
    model.check(&mut store);
    last_seq
}

#[test]
fn kills_during_work_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    let mut last_seq = 0;
    for _ in 0..40 {
        let acknowledgements = moments.next(60) as usize;
        let acknowledged = kill_after(start_appender(folder.path()), acknowledgements, &mut moments);
        last_seq = check(folder.path(), acknowledged.max(last_seq));
    }
    assert!(last_seq > 500, "too little was written to mean much: {last_seq}");
}

#[test]
fn kills_during_the_first_start_leave_a_store_that_opens() {
    let mut moments = Moments(0x2545_f491_4f6c_dd1d);
    for round in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let appender = start_appender(folder.path());
        wait_for_files(folder.path(), round % 8);
        let acknowledged = kill_after(appender, 0, &mut moments);
        check(folder.path(), acknowledged);
    }
}

/// Waits until the appender has made this many files and folders, so that kills fall into every stage of the start.
fn wait_for_files(folder: &Path, count: usize) {
    let started = std::time::Instant::now();
    while count_files(folder) < count {
        assert!(started.elapsed().as_secs() < 30, "the appender does not start");
        std::thread::yield_now();
    }
}

fn count_files(folder: &Path) -> usize {
    let Ok(files) = std::fs::read_dir(folder) else { return 0 };
    files.flatten().map(|file| 1 + count_files(&file.path())).sum()
}
