//! Signals, limits, and commands that do not end by themselves.

use crate::Bin;

#[test]
fn sigterm_ends_with_143() {
    let bin = Bin::new();
    let mut running = bin.start("eat-memory", &["1"], &[]);
    assert_eq!(running.line(), "ate 1 of 1 MiB");
    running.signal("-TERM");
    assert_eq!(running.end(), 143);
}

#[test]
fn sigint_ends_with_130() {
    let bin = Bin::new();
    let mut running = bin.start("eat-memory", &["1"], &[]);
    running.line();
    running.signal("-INT");
    assert_eq!(running.end(), 130);
}

#[test]
fn sigterm_can_be_ignored() {
    let bin = Bin::new();
    let mut running = bin.start("ignore-term", &["infinity"], &[]);
    assert_eq!(running.line(), "ignoring SIGTERM");
    running.signal("-TERM");
    running.signal("-KILL");
    assert_eq!(running.end(), -9, "the first signal did not end it, or it would have ended with 143");
}

#[test]
fn memory_is_really_taken() {
    let bin = Bin::new();
    let mut running = bin.start("eat-memory", &["48"], &[]);
    let progress: Vec<String> = (0..3).map(|_| running.line()).collect();
    assert_eq!(progress, ["ate 16 of 48 MiB", "ate 32 of 48 MiB", "ate 48 of 48 MiB"]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident_kib: u64 = resident.split_whitespace().next().unwrap().parse().unwrap();
    assert!(resident_kib > 48 << 10, "{resident_kib} KiB");
}

#[test]
fn children_are_started_up_to_a_number() {
    let bin = Bin::new();
    let mut running = bin.start("fork-without-end", &["3"], &[]);
    assert_eq!(running.line(), "started 3 children");
    let pid = running.child.id();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let children: Vec<&str> = children.split_whitespace().collect();
    assert_eq!(children.len(), 3);
    assert!(std::process::Command::new("kill").args(children).status().unwrap().success());
}
