//! What an append costs, next to the least that durability can cost: the same bytes appended to a file and synced.
//!
//! `cargo run --release -p gantry-store --example append_cost -- FOLDER [APPENDS]`
//!
//! Both arms take turns in blocks within one run. Then it opens the store again and says how long loading takes, and
//! what the process holds and has written in all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use gantry_store::{Batch, EmbeddedStore, Retention, RowWrite, Store, Table};

/// A task that changes its status, as a leader would store it: three rows, two resources, a reason.
const ROW_BYTES: usize = 600;
const JOURNAL_BYTES: usize = 1_200;
/// Tasks that exist at a time.
const TASKS: u64 = 20_000;
/// Appends of one arm before the other's turn.
const BLOCK: u64 = 100;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the first argument is an empty folder on the disk to measure");
    let appends: u64 = arguments.next().map_or(5_000, |count| count.parse().expect("a number of appends"));
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("the folder can be made");

    let written_before = written_bytes();
    let (bare, stored) = measure(folder, appends);
    println!("bare append + fdatasync   {}", describe(bare.clone()));
    println!("store append              {}", describe(stored.clone()));
    println!(
        "ratio                     p50 {:.2}  p99 {:.2}",
        ratio(&bare, &stored, 50),
        ratio(&bare, &stored, 99)
    );
    let given = appends * batch_bytes();
    println!(
        "bytes written per byte given, bare and store together: {:.2}",
        (written_bytes() - written_before) as f64 / given as f64
    );
    let _store = reopen(&folder.join("store"));
    println!("threads {}  resident {} KiB", status("Threads:"), status("VmRSS:"));
}

fn measure(folder: &Path, appends: u64) -> (Vec<Duration>, Vec<Duration>) {
    let mut file = File::create(folder.join("bare")).expect("the file can be made");
    let mut store = EmbeddedStore::open(&folder.join("store")).expect("the store opens");
    let fence = store.acquire("append_cost").expect("the store can be acquired");
    store.load().expect("the store loads");
    let bytes = vec![7; batch_bytes() as usize];
    let (mut bare, mut stored) = (Vec::new(), Vec::new());
    for start in (1..=appends).step_by(BLOCK as usize) {
        for _ in 0..BLOCK {
            bare.push(timed(|| {
                file.write_all(&bytes).and_then(|()| file.sync_data()).expect("the disk works");
            }));
        }
        for seq in start..start + BLOCK {
            let batch = batch(seq);
            stored.push(timed(|| store.append(&batch, fence).expect("the disk works")));
        }
        let retention = Retention { before_seq: start.saturating_sub(TASKS), bytes_max: u64::MAX };
        store.trim(retention, fence).expect("the disk works");
    }
    (bare, stored)
}

fn batch(seq: u64) -> Batch {
    let task = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) % TASKS;
    let row = |table, id: u64| RowWrite {
        table: Table(table),
        key: format!("123456789012/us-east-1/{id:032x}").into_bytes(),
        value: Some(vec![table as u8; ROW_BYTES]),
    };
    let touched =
        vec![format!("task/{task:032x}").into_bytes(), format!("service/{}", task % 50).into_bytes()];
    Batch {
        seq,
        rows: vec![row(1, task), row(2, task % 50), row(3, 0)],
        journal: vec![1; JOURNAL_BYTES],
        touched,
    }
}

fn batch_bytes() -> u64 {
    batch(1).size_bytes() as u64
}

fn reopen(path: &Path) -> EmbeddedStore {
    let mut count = 0;
    let mut store = None;
    let opened = timed(|| store = Some(EmbeddedStore::open(path).expect("the store opens")));
    let mut store = store.expect("it was opened");
    let loaded = timed(|| count = store.load().expect("the store loads").rows.count());
    println!("open again {opened:.1?}, load {count} rows {loaded:.1?}");
    store
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn describe(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent| percentile(&times, percent);
    format!(
        "min {:.0?}  p50 {:.0?}  p99 {:.0?}  max {:.0?}",
        times[0],
        at(50),
        at(99),
        times[times.len() - 1]
    )
}

fn ratio(bare: &[Duration], stored: &[Duration], percent: usize) -> f64 {
    let at = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort();
        percentile(&times, percent).as_secs_f64()
    };
    at(stored) / at(bare)
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// Bytes that this process has caused to be written to disks.
fn written_bytes() -> u64 {
    let io = fs::read_to_string("/proc/self/io").expect("proc is mounted");
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).expect("it has this line");
    line.parse().expect("it is a number")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc is mounted");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("it has this line");
    line.split_whitespace().next().expect("it has a value").parse().expect("it is a number")
}
