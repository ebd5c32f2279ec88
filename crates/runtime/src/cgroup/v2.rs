//! Version 2: one tree, birth inside a group, one file that kills all of it.

use super::device::RULES;
use super::device_filter;
use super::file::{
    EMPTY_LIMIT, Table, kill_each, number, processes, remove_dir, remove_dir_if_empty, wait_until, write,
};
use super::{CgroupMount, Group, Hierarchy};
use crate::api::{Limits, Stats};
use rustix::event::PollFlags;
use rustix::fs::{FsWord, Mode, OFlags, open, statfs};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The controllers that limits need; those that the tree does not offer are left out.
const CONTROLLERS: [&str; 3] = ["cpu", "memory", "pids"];

/// `CGROUP2_SUPER_MAGIC` of linux/magic.h.
const MAGIC: FsWord = 0x6367_7270;

/// The unified tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct V2 {
    root: PathBuf,
}

impl V2 {
    /// The tree that is mounted at `root`, if it is one of version 2.
    pub(super) fn at(root: &Path) -> io::Result<Option<V2>> {
        let kind = statfs(root)?.f_type;
        Ok((kind == MAGIC).then(|| V2 { root: root.to_owned() }))
    }

    fn dir(&self, group: &Group) -> PathBuf {
        self.root.join(group.path())
    }

    /// Controllers reach a group only when every group above it passes them on.
    fn make_with_controllers(&self, path: &Path) -> io::Result<()> {
        let mut above = self.root.clone();
        for part in path {
            pass_on_controllers(&above)?;
            above.push(part);
            match fs::create_dir(&above) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn pass_on_controllers(dir: &Path) -> io::Result<()> {
    let offered = fs::read_to_string(dir.join("cgroup.controllers")).unwrap_or_default();
    let passed = fs::read_to_string(dir.join("cgroup.subtree_control")).unwrap_or_default();
    let is_in = |list: &str, name: &str| list.split_ascii_whitespace().any(|word| word == name);
    for controller in CONTROLLERS {
        if is_in(&offered, controller) && !is_in(&passed, controller) {
            write(dir, "cgroup.subtree_control", format!("+{controller}"))?;
        }
    }
    Ok(())
}

fn limit(dir: &Path, limits: &Limits) -> io::Result<()> {
    if let Some(bytes) = limits.memory_bytes_max {
        write(dir, "memory.max", bytes.to_string())?;
        // Missing where the kernel has no swap.
        if dir.join("memory.swap.max").exists() {
            write(dir, "memory.swap.max", "0")?;
        }
    }
    if let Some(bytes) = limits.memory_bytes_soft {
        write(dir, "memory.low", bytes.to_string())?;
    }
    if let Some(shares) = limits.cpu_shares {
        write(dir, "cpu.weight", weight_of_shares(shares).to_string())?;
    }
    if let Some(quota) = limits.cpu_quota {
        write(dir, "cpu.max", format!("{} {}", quota.quota_us, quota.period_us))?;
    }
    if let Some(most) = limits.pids_max {
        write(dir, "pids.max", most.to_string())?;
    }
    Ok(())
}

/// Maps Docker's scale of 2..=262144 onto 1..=10000, as the OCI runtimes do.
fn weight_of_shares(shares: u64) -> u64 {
    1 + (shares.clamp(2, 262_144) - 2) * 9_999 / 262_142
}

impl Hierarchy for V2 {
    fn create(&self, group: &Group, task: &Limits, container: &Limits) -> io::Result<()> {
        self.make_with_controllers(&group.path())?;
        limit(&self.root.join(group.task()), task)?;
        limit(&self.dir(group), container)?;
        device_filter::attach(File::open(self.dir(group))?.as_fd(), &RULES)
    }

    fn birthplace(&self, group: &Group) -> io::Result<Option<OwnedFd>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Some(open(self.dir(group), flags, Mode::empty())?))
    }

    fn enter(&self, _: &Group) -> io::Result<()> {
        Ok(())
    }

    fn mounts(&self) -> Vec<CgroupMount> {
        vec![CgroupMount { folder: String::new(), kind: "cgroup2", flags: Vec::new() }]
    }

    fn kill(&self, group: &Group) -> io::Result<()> {
        let dir = self.dir(group);
        if !dir.exists() {
            return Ok(());
        }
        if write(&dir, "cgroup.kill", "1").is_err() {
            // Kernels before 5.14 have no such file.
            wait_until(EMPTY_LIMIT, || {
                kill_each(&dir);
                processes(&dir).is_empty()
            });
        }
        wait_until_empty(&dir)
    }

    fn oom_kills(&self, group: &Group) -> u64 {
        Table::read(&self.dir(group), "memory.events").get("oom_kill")
    }

    fn stats(&self, group: &Group) -> io::Result<Stats> {
        let dir = self.dir(group);
        let cpu = Table::read(&dir, "cpu.stat");
        let zero = |name| number(&dir, name).unwrap_or(0);
        let unlimited = |name| number(&dir, name).unwrap_or(u64::MAX);
        Ok(Stats {
            cpu_ns: cpu.get("usage_usec") * 1_000,
            cpu_user_ns: cpu.get("user_usec") * 1_000,
            cpu_system_ns: cpu.get("system_usec") * 1_000,
            cpu_periods: cpu.get("nr_periods"),
            cpu_throttled_periods: cpu.get("nr_throttled"),
            cpu_throttled_ns: cpu.get("throttled_usec") * 1_000,
            memory_bytes: zero("memory.current"),
            memory_bytes_max: zero("memory.peak"),
            memory_limit_bytes: unlimited("memory.max"),
            memory_inactive_file_bytes: Table::read(&dir, "memory.stat").get("inactive_file"),
            pids: zero("pids.current"),
            pids_limit: unlimited("pids.max"),
        })
    }

    fn remove(&self, group: &Group) -> io::Result<()> {
        remove_dir(&self.dir(group))?;
        remove_dir_if_empty(&self.root.join(group.task()));
        Ok(())
    }
}

/// `cgroup.events` tells by POLLPRI when `populated` changes.
fn wait_until_empty(dir: &Path) -> io::Result<()> {
    let deadline = Instant::now() + EMPTY_LIMIT;
    let mut events = match File::open(dir.join("cgroup.events")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    loop {
        let mut text = String::new();
        events.rewind()?;
        events.read_to_string(&mut text)?;
        if text.lines().any(|line| line == "populated 0") {
            return Ok(());
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        crate::sys::time::wait_for(&events, PollFlags::PRI, Some(left))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::CpuQuota;

    #[test]
    fn shares_become_weights_at_the_ends_of_both_scales() {
        assert_eq!([2, 1024, 262_144].map(weight_of_shares), [1, 39, 10_000]);
    }

    #[test]
    fn controllers_are_passed_on_from_the_root_down() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("cgroup.controllers"), "cpuset cpu io memory pids\n").unwrap();
        fs::write(root.path().join("cgroup.subtree_control"), "cpu memory\n").unwrap();
        let tree = V2 { root: root.path().to_owned() };
        tree.make_with_controllers(Path::new("gantry/task")).unwrap();
        // The file keeps the last write; on a kernel each one adds.
        assert_eq!(fs::read_to_string(root.path().join("cgroup.subtree_control")).unwrap(), "+pids");
        assert!(root.path().join("gantry/task").is_dir());
    }

    #[test]
    fn limits_become_files() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("memory.swap.max"), "max").unwrap();
        let limits = Limits {
            memory_bytes_max: Some(1 << 28),
            memory_bytes_soft: Some(1 << 20),
            cpu_shares: Some(1024),
            cpu_quota: Some(CpuQuota::of_millicpus(250)),
            pids_max: Some(100),
        };
        limit(dir.path(), &limits).unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(read("memory.max"), "268435456");
        assert_eq!(read("memory.swap.max"), "0");
        assert_eq!(read("memory.low"), "1048576");
        assert_eq!(read("cpu.weight"), "39");
        assert_eq!(read("cpu.max"), "25000 100000");
        assert_eq!(read("pids.max"), "100");
    }

    #[test]
    fn usage_is_read_from_the_files_and_absent_files_count_nothing() {
        let root = tempfile::tempdir().unwrap();
        let tree = V2 { root: root.path().to_owned() };
        let group = Group::new(Path::new("gantry"), "task", "web");
        let dir = tree.dir(&group);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("cpu.stat"), "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_throttled 3\n")
            .unwrap();
        fs::write(dir.join("memory.current"), "4096\n").unwrap();
        fs::write(dir.join("memory.max"), "max\n").unwrap();
        fs::write(dir.join("memory.events"), "low 0\noom 1\noom_kill 1\n").unwrap();
        let stats = tree.stats(&group).unwrap();
        assert_eq!((stats.cpu_ns, stats.cpu_user_ns, stats.cpu_throttled_periods), (1_500_000, 1_000_000, 3));
        assert_eq!(
            (stats.memory_bytes, stats.memory_bytes_max, stats.memory_limit_bytes),
            (4096, 0, u64::MAX)
        );
        assert_eq!(tree.oom_kills(&group), 1);
    }
}
