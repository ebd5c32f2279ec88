//! Many containers at once, and processes killed at moments that nobody chose.

use crate::support::{Host, wait_until};
use gantry_runtime::api::{ContainerId, Event, ExitReason, Phase, Runtime};
use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

#[test]
fn containers_made_at_once_end_each_with_its_code() {
    let host = Host::new();
    let specs: Vec<_> =
        (0..32).map(|code| (code, host.spec(&["sh", "-c", &format!("exit {code}")]))).collect();
    let expected: BTreeMap<ContainerId, i32> =
        specs.iter().map(|(code, spec)| (spec.id.clone(), *code)).collect();
    let runtime = host.runtime();
    let mut chunks: Vec<Vec<_>> = (0..4).map(|_| Vec::new()).collect();
    specs.into_iter().enumerate().for_each(|(index, (_, spec))| chunks[index % 4].push(spec));
    thread::scope(|scope| {
        for chunk in chunks {
            scope.spawn(move || {
                for spec in chunk {
                    let id = spec.id.clone();
                    runtime.create(spec).unwrap();
                    runtime.start(&id).unwrap();
                }
            });
        }
    });
    let mut ends = BTreeMap::new();
    while ends.len() < expected.len() {
        let Event::Exited { id, exit } = host.event();
        assert_eq!(ends.insert(id, exit.code), None, "an end is told once");
    }
    assert_eq!(ends, expected);
}

/// A small generator: the same moments in every run of a seed.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn kill_process(pid: u32) {
    // SAFETY: sends a signal to a process of this test; one that is gone already needs none.
    unsafe { libc::kill(pid as i32, libc::SIGKILL) };
}

/// The shim, if the container's first process is there to ask.
fn shim_of(host: &Host, id: &ContainerId) -> Option<u32> {
    let procs = fs::read_to_string(host.cgroup("pids", id).join("cgroup.procs")).ok()?;
    let first = procs.lines().next()?;
    let status = fs::read_to_string(format!("/proc/{first}/status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    (name.trim() == "gantry-shim").then_some(parent)
}

/// Each round kills something at a moment of its life, of which STORM_SEED names others. Whatever it was: the container is never running unsupervised,
/// its end is told with the right code, and nothing of it is left.
#[test]
fn nothing_is_lost_or_left_when_processes_are_killed() {
    let seed = std::env::var("STORM_SEED").map_or(2026, |text| text.parse().unwrap());
    let mut moments = Moments(seed);
    let mut host = Host::new();
    for round in 0..40 {
        let code = 10 + (round % 100);
        let spec = host.spec(&["sh", "-c", &format!("sleep 0.0{}; exit {code}", moments.next(9))]);
        let id = spec.id.clone();
        let zygote = host.runtime().zygote_pid().unwrap();
        let (victim, delay_us) = (moments.next(4), moments.next(40_000));
        let made = thread::scope(|scope| {
            if victim == 0 {
                // The pause is the moment, not a wait.
                scope.spawn(move || {
                    thread::sleep(Duration::from_micros(delay_us / 8));
                    kill_process(zygote);
                });
            }
            host.runtime().create(spec).map(|()| host.runtime().start(&id).ok())
        });
        assert!(made.is_ok(), "round {round} of seed {seed}: {made:?}");
        thread::sleep(Duration::from_micros(delay_us));
        match victim {
            1 => shim_of(&host, &id).into_iter().for_each(kill_process),
            2 => {
                host.reopen();
                host.runtime().recover().unwrap();
            }
            3 => {
                let shim = shim_of(&host, &id);
                host.close();
                shim.into_iter().for_each(kill_process);
                host.reopen();
                host.runtime().recover().unwrap();
            }
            _ => {}
        }
        let exit = host.exit_of(&id);
        match exit.reason {
            None => assert_eq!(exit.code, code, "round {round} of seed {seed}"),
            Some(ExitReason::ShimDied) => assert_eq!(exit.code, 137),
            other => panic!("round {round} of seed {seed}: {other:?}"),
        }
        let found = host.runtime().recover().unwrap();
        assert!(matches!(found.iter().find(|found| found.id == id).unwrap().phase, Phase::Ended { .. }));
        host.runtime().acknowledge_exit(&id).unwrap();
        host.runtime().remove(&id).unwrap();
        assert!(!host.cgroup("pids", &id).exists() && !host.state_dir(&id).exists());
        // Ends that recovering has told again belong to this round.
        while !host.is_silent() {}
        wait_until(|| host.runtime().zygote_pid().is_some());
    }
}
