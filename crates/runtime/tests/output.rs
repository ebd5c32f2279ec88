//! What becomes of a container's output.

use crate::support::{Host, LIMIT};
use gantry_runtime::api::Runtime;
use gantry_runtime::log::{LogReader, Stream};
use std::fs;
use std::time::Instant;

const MIB: usize = 1024 * 1024;

/// From /proc/PID/smaps_rollup.
fn kilobytes(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn streams_are_kept_apart_in_order_and_ended() {
    let host = Host::new();
    let id = host.run(host.spec(&["sh", "-c", "echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three"]));
    host.exit_of(&id);
    let batch = LogReader::new(&host.log_dir(&id), 0).read(1 << 20).unwrap();
    let frames: Vec<_> = batch
        .frames
        .iter()
        .map(|frame| (frame.stream, String::from_utf8_lossy(&frame.data).into_owned()))
        .collect();
    let expected = [
        (Stream::Stdout, "one\n"),
        (Stream::Stderr, "two\n"),
        (Stream::Stdout, "three\n"),
        (Stream::End, ""),
    ];
    assert_eq!(frames, expected.map(|(stream, text)| (stream, text.to_owned())));
    assert!(batch.ended);
    assert!(batch.frames.is_sorted_by_key(|frame| frame.time_ms));
}

#[test]
fn much_output_is_kept_whole_when_there_is_room() {
    let host = Host::new();
    let mut spec = host.spec(&["helper", "spew", &(100 * MIB).to_string()]);
    spec.log.segments_max = 16;
    let begun = Instant::now();
    let id = host.run(spec);
    host.exit_of(&id);
    println!("100 MiB in {:?}", begun.elapsed());
    let mut reader = LogReader::new(&host.log_dir(&id), 0);
    let (mut bytes, mut lost) = (0, 0);
    loop {
        let batch = reader.read(MIB).unwrap();
        bytes += batch.frames.iter().map(|frame| frame.data.len()).sum::<usize>();
        lost += batch.lost_bytes;
        if batch.ended {
            break;
        }
        assert!(!batch.frames.is_empty(), "the log ends without its end");
    }
    assert_eq!(lost, 0);
    assert!((100 * MIB..100 * MIB + 64).contains(&bytes), "{bytes}");
}

/// Nobody reads, and there is room for a fraction only.
#[test]
fn a_gibibyte_fills_neither_the_disk_nor_the_shim() {
    let host = Host::new();
    let mut spec = host.spec(&["sh", "-c", "helper spew 1073741824; echo done; sleep 1000"]);
    spec.log.segment_bytes_max = MIB as u64;
    spec.log.segments_max = 4;
    let log = host.log_dir(&spec.id);
    spec.limits.cpu_quota = None;
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let started = host.runtime().start(&id).unwrap();
    let shim = host.shim_pid(started.pid);
    let begun = Instant::now();
    // Reading the log would follow the flood; only its last frames matter.
    while !crate::support::text_of_last_segment(&log).contains("done\n") {
        assert!(begun.elapsed() < 2 * LIMIT, "the flood does not end");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    println!("1 GiB in {:?}", begun.elapsed());
    let on_disk: u64 =
        fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(on_disk < 5 * MIB as u64, "{on_disk}");
    let private = kilobytes(shim, "Private_Dirty:");
    assert!(private < 512, "{private} kB of the shim's memory");
}

#[test]
fn an_idle_shim_is_small() {
    let host = Host::new();
    let mut shims = Vec::new();
    for _ in 0..4 {
        let spec = host.spec(&["sh", "-c", "echo hello; sleep 1000"]);
        let id = spec.id.clone();
        host.runtime().create(spec).unwrap();
        shims.push(host.shim_pid(host.runtime().start(&id).unwrap().pid));
    }
    for shim in shims {
        let (shared, private) = (kilobytes(shim, "Pss:"), kilobytes(shim, "Private_Dirty:"));
        println!("shim {shim}: PSS {shared} kB, private dirty {private} kB");
        assert!(shared <= 512, "PSS {shared} kB");
    }
}
