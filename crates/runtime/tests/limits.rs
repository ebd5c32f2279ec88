//! What the kernel holds a container to.

use crate::support::Host;
use gantry_runtime::api::{CpuQuota, Runtime};
use std::fs;

const MIB: u64 = 1024 * 1024;

#[test]
fn limits_are_the_kernel_s_and_the_container_sees_them() {
    let host = Host::new();
    let mut spec = host.spec(&[
        "sh",
        "-c",
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /proc/self/cgroup; sleep 1000",
    ]);
    spec.task_limits.memory_bytes_max = Some(512 * MIB);
    spec.limits.memory_bytes_max = Some(256 * MIB);
    spec.limits.memory_bytes_soft = Some(128 * MIB);
    spec.limits.cpu_shares = Some(512);
    spec.limits.cpu_quota = Some(CpuQuota::of_millicpus(250));
    let id = host.run(spec);
    host.wait_for_output(&id, "memory:/\n");
    assert!(host.output(&id).starts_with("268435456\n"), "{}", host.output(&id));
    let read = |hierarchy: &str, file: &str| {
        let text = fs::read_to_string(host.cgroup(hierarchy, &id).join(file)).unwrap();
        text.trim().to_owned()
    };
    assert_eq!(read("memory", "memory.limit_in_bytes"), (256 * MIB).to_string());
    assert_eq!(read("memory", "memory.memsw.limit_in_bytes"), (256 * MIB).to_string());
    assert_eq!(read("memory", "memory.soft_limit_in_bytes"), (128 * MIB).to_string());
    assert_eq!(read("memory", "../memory.limit_in_bytes"), (512 * MIB).to_string());
    assert_eq!(read("cpu", "cpu.shares"), "512");
    assert_eq!(read("cpu", "cpu.cfs_quota_us"), "25000");
    assert_eq!(read("pids", "pids.max"), "4096");
    let stats = host.runtime().stats(&id).unwrap();
    assert_eq!((stats.memory_limit_bytes, stats.pids_limit), (256 * MIB, 4096));
    assert!(
        stats.cpu_ns > 0 && stats.memory_bytes > 0 && stats.memory_bytes_max >= stats.memory_bytes,
        "{stats:?}"
    );
    assert!(stats.pids >= 1, "{stats:?}");
}

#[test]
fn the_supervisor_does_not_count_in_the_container_s_cgroup() {
    let host = Host::new();
    let mut spec = host.spec(&["sleep", "1000"]);
    spec.limits.memory_bytes_max = Some(64 * MIB);
    let id = host.run(spec);
    let procs = fs::read_to_string(host.cgroup("memory", &id).join("cgroup.procs")).unwrap();
    assert_eq!(procs.lines().count(), 1, "{procs}");
}

#[test]
fn an_oom_kill_is_told_and_another_kill_is_not() {
    let host = Host::new();
    let mut spec = host.spec(&["helper", "eat", "200000000"]);
    spec.limits.memory_bytes_max = Some(32 * MIB);
    let eater = host.run(spec);
    let exit = host.exit_of(&eater);
    assert_eq!((exit.code, exit.oom_killed), (137, true));
    let mut spec = host.spec(&["sleep", "1000"]);
    spec.limits.memory_bytes_max = Some(32 * MIB);
    let killed = host.run(spec);
    host.runtime().kill(&killed).unwrap();
    let exit = host.exit_of(&killed);
    assert_eq!((exit.code, exit.oom_killed), (137, false));
}

#[test]
fn an_oom_kill_of_a_child_is_told_too() {
    let host = Host::new();
    let (exit, _) = host.script_with("helper eat 200000000; exit 9", |spec| {
        spec.limits.memory_bytes_max = Some(32 * MIB);
    });
    assert_eq!((exit.code, exit.oom_killed), (9, true));
}

#[test]
fn a_limit_of_the_task_holds_its_containers() {
    let host = Host::new();
    let mut spec = host.spec(&["helper", "eat", "200000000"]);
    spec.task_limits.memory_bytes_max = Some(32 * MIB);
    let id = host.run(spec);
    let exit = host.exit_of(&id);
    assert_eq!((exit.code, exit.oom_killed), (137, true));
}

#[test]
fn a_fork_bomb_ends_at_its_limit_and_dies_by_one_kill() {
    let host = Host::new();
    let mut spec = host.spec(&["sh", "-c", "sleep 1000 & helper fork-bomb; wait"]);
    spec.limits.pids_max = Some(64);
    let id = host.run(spec);
    host.wait_for_output(&id, "\n");
    // The shell, the sleeper and the bomb itself count as well.
    assert_eq!(host.output(&id), format!("61 {}\n", libc::EAGAIN));
    assert!(host.runtime().stats(&id).unwrap().pids >= 63);
    host.runtime().kill(&id).unwrap();
    assert_eq!(host.exit_of(&id).code, 137);
    let procs = fs::read_to_string(host.cgroup("pids", &id).join("cgroup.procs")).unwrap();
    assert_eq!(procs, "");
}
