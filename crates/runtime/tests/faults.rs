//! Processes that are killed at bad moments.

use crate::support::{Host, wait_until};
use gantry_runtime::api::{ContainerId, ExitReason, Phase, Runtime, StartError};
use std::fs;

/// Ends one process that this test has started.
fn kill_process(pid: u32) {
    // SAFETY: sends a signal.
    assert_eq!(unsafe { libc::kill(pid as i32, libc::SIGKILL) }, 0);
}

fn exists(pid: u32) -> bool {
    fs::exists(format!("/proc/{pid}")).unwrap()
}

/// A script whose processes no longer follow their supervisor's death, as after a set-user-id program.
const DETACHED: &str = "sleep 1000 & sleep 1000 & echo up; wait";

#[test]
fn a_container_dies_with_its_shim() {
    let host = Host::new();
    let spec = host.spec(&["sh", "-c", DETACHED]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let started = host.runtime().start(&id).unwrap();
    host.wait_for_output(&id, "up");
    kill_process(host.shim_pid(started.pid));
    let exit = host.exit_of(&id);
    assert_eq!((exit.code, exit.oom_killed, exit.reason), (137, false, Some(ExitReason::ShimDied)));
    assert!(!exists(started.pid));
    let procs = fs::read_to_string(host.cgroup("pids", &id).join("cgroup.procs")).unwrap();
    assert_eq!(procs, "");
    host.runtime().acknowledge_exit(&id).unwrap();
    host.runtime().remove(&id).unwrap();
}

#[test]
fn a_shim_killed_while_the_agent_is_away_is_found() {
    let mut host = Host::new();
    let spec = host.spec(&["sh", "-c", DETACHED]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let started = host.runtime().start(&id).unwrap();
    let shim = host.shim_pid(started.pid);
    host.close();
    kill_process(shim);
    wait_until(|| !exists(shim));
    host.reopen();
    let found = host.runtime().recover().unwrap();
    let Phase::Ended { started: Some(same), exit, acknowledged: false } = &found[0].phase else {
        panic!("{found:?}")
    };
    assert_eq!((same.pid, exit.code, &exit.reason), (started.pid, 137, &Some(ExitReason::ShimDied)));
    assert_eq!(&host.exit_of(&id), exit);
    wait_until(|| !exists(started.pid));
}

#[test]
fn containers_outlive_the_agent() {
    let mut host = Host::new();
    let running = host.run(host.spec(&["sh", "-c", "echo up; cat; exit 4"]));
    let mut spec = host.spec(&["sh", "-c", "read x; exit 5"]);
    spec.interactive = true;
    let later = host.run(spec);
    let created = host.spec(&["sh", "-c", "exit 6"]);
    let created_id = created.id.clone();
    host.runtime().create(created).unwrap();
    let zygote = host.runtime().zygote_pid().unwrap();
    host.close();
    assert!(!exists(zygote));
    host.reopen();
    let found = host.runtime().recover().unwrap();
    let phase = |id: &ContainerId| found.iter().find(|found| found.id == *id).unwrap().phase.clone();
    assert!(matches!(phase(&created_id), Phase::Created));
    assert!(matches!(phase(&later), Phase::Running(_)));
    // The first one ends by itself, seen by nobody or by the new agent.
    assert_eq!(host.exit_of(&running).code, 4);
    host.runtime().start(&created_id).unwrap();
    assert_eq!(host.exit_of(&created_id).code, 6);
    assert_eq!(host.exec(&later, &["echo", "here"]), (0, "here\n".into()));
    assert!(host.runtime().network_namespace(&later).is_some());
    assert!(host.runtime().stats(&later).unwrap().pids >= 1);
    host.runtime().signal(&later, libc::SIGKILL).unwrap();
    assert_eq!(host.exit_of(&later).code, 137);
    host.runtime().acknowledge_exit(&later).unwrap();
    host.runtime().remove(&later).unwrap();
}

#[test]
fn an_end_that_nobody_saw_is_told_to_the_next_agent() {
    let mut host = Host::new();
    let mut spec = host.spec(&["sh", "-c", "echo bye; exit 42"]);
    spec.interactive = true;
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let started = host.runtime().start(&id).unwrap();
    host.close();
    wait_until(|| fs::exists(host.state_dir(&id).join("exit")).unwrap());
    host.reopen();
    let found = host.runtime().recover().unwrap();
    assert!(
        matches!(&found[0].phase, Phase::Ended { started: Some(same), .. } if *same == started),
        "{found:?}"
    );
    let exit = host.exit_of(&id);
    assert_eq!((exit.code, exit.reason), (42, None));
    assert_eq!(host.output(&id), "bye\n");
}

#[test]
fn a_killed_zygote_is_replaced_and_containers_do_not_notice() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    for _ in 0..3 {
        let zygote = host.runtime().zygote_pid().unwrap();
        kill_process(zygote);
        let (exit, text) = host.script("echo made by another; exit 3");
        assert_eq!((exit.code, text.as_str()), (3, "made by another\n"));
        wait_until(|| host.runtime().zygote_pid().is_some_and(|pid| pid != zygote));
    }
    assert_eq!(host.exec(&id, &["echo", "alive"]), (0, "alive\n".into()));
}

#[test]
fn a_shim_killed_before_the_start_is_told_at_the_start() {
    let host = Host::new();
    let spec = host.spec(&["true"]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let procs = fs::read_to_string(host.cgroup("pids", &id).join("cgroup.procs")).unwrap();
    let first: u32 = procs.trim().parse().unwrap();
    kill_process(host.shim_pid(first));
    match host.runtime().start(&id) {
        Err(StartError::Ended(ExitReason::ShimDied) | StartError::NotCreated(_)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(host.exit_of(&id).reason, Some(ExitReason::ShimDied));
    assert!(!exists(first));
}

#[test]
fn a_state_folder_that_was_left_half_made_is_removed() {
    let mut host = Host::new();
    let empty = host.spec(&["true"]).id;
    let half = host.spec(&["true"]);
    let half_id = half.id.clone();
    host.runtime().create(half).unwrap();
    fs::create_dir(host.state_dir(&empty)).unwrap();
    host.close();
    // As if the host had gone down between the two records.
    let procs = fs::read_to_string(host.cgroup("pids", &half_id).join("cgroup.procs")).unwrap();
    let first: u32 = procs.trim().parse().unwrap();
    kill_process(host.shim_pid(first));
    wait_until(|| !exists(first));
    fs::remove_file(host.state_dir(&half_id).join("pid")).unwrap();
    host.reopen();
    assert!(host.runtime().recover().unwrap().is_empty());
    assert!(!host.state_dir(&empty).exists() && !host.state_dir(&half_id).exists());
    assert!(!host.cgroup("pids", &half_id).exists());
}

#[test]
fn a_restarted_host_is_told() {
    let mut host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    host.runtime().kill(&id).unwrap();
    host.exit_of(&id);
    host.close();
    let pid = host.state_dir(&id).join("pid");
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let changed = fs::read_to_string(&pid).unwrap().replace(boot.trim(), "another-boot");
    fs::write(&pid, changed).unwrap();
    fs::remove_file(host.state_dir(&id).join("exit")).unwrap();
    host.reopen();
    host.runtime().recover().unwrap();
    assert_eq!(host.exit_of(&id).reason, Some(ExitReason::HostRestarted));
}

/// The one thing that must not be lost has its room from the beginning.
#[test]
fn an_end_is_recorded_on_a_full_disk() {
    let mut host = Host::with_disk_of(8 << 20);
    let script = "dd if=/dev/zero of=/fill bs=65536 2>/dev/null || echo full; exit 5";
    let id = host.run(host.spec(&["sh", "-c", script]));
    let exit = host.exit_of(&id);
    assert_eq!((exit.code, &exit.reason), (5, &None));
    assert_eq!(host.output(&id), "full\n");
    host.reopen();
    host.runtime().recover().unwrap();
    assert_eq!(host.exit_of(&id), exit);
    let refused = host.runtime_error(host.spec(&["true"]));
    assert!(refused.starts_with("cannot "), "{refused}");
    host.runtime().remove(&id).unwrap();
    assert_eq!(host.script("exit 6").0.code, 6);
}

#[test]
fn a_state_folder_serves_one_runtime() {
    let host = Host::new();
    let zygote =
        gantry_runtime::zygote::ZygoteCommand { exe: crate::support::helper(), args: vec!["zygote".into()] };
    let state = host.dir.path().join("state");
    let config = gantry_runtime::embedded::Config::new(state, vec![], zygote);
    let error = gantry_runtime::embedded::Embedded::open(config, Box::new(|_| {})).err().unwrap();
    assert!(error.to_string().ends_with("is in use by another process"), "{error}");
}
