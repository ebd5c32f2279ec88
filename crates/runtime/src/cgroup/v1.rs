//! Version 1: one folder per hierarchy, no birth inside a group, no event for emptiness.

use super::device::RULES;
use super::file::{
    EMPTY_LIMIT, Table, kill_each, make_dirs, number, processes, remove_dir, remove_dir_if_empty, wait_until,
    write,
};
use super::{CgroupMount, Group, Hierarchy};
use crate::api::{Limits, Stats};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The controllers that are used; each further one costs an attach per container.
const CONTROLLERS: [&str; 6] = ["memory", "cpu", "cpuacct", "pids", "devices", "freezer"];

/// A group that does not freeze within this time is killed unfrozen: its first process dying ends the others anyway.
const FREEZE_LIMIT: Duration = Duration::from_millis(500);

/// "No limit" of version 1 memory files is the largest multiple of a page.
const UNLIMITED_BYTES: u64 = i64::MAX as u64 - 4095;

/// The hierarchies in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct V1 {
    mounts: Vec<Mounted>,
}

/// One hierarchy: several controllers may share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mounted {
    controllers: Vec<String>,
    root: PathBuf,
}

impl V1 {
    /// The hierarchies in the folders below `root`; `NotFound` names a controller that is missing.
    pub(super) fn below(root: &Path) -> io::Result<V1> {
        let mut mounts: Vec<Mounted> = Vec::new();
        for controller in CONTROLLERS {
            let linked = root.join(controller);
            let folder = fs::canonicalize(&linked).map_err(|source| {
                io::Error::new(
                    source.kind(),
                    format!("cgroup controller {controller} at {}", linked.display()),
                )
            })?;
            match mounts.iter_mut().find(|mounted| mounted.root == folder) {
                Some(shared) => shared.controllers.push(controller.to_owned()),
                None => mounts.push(Mounted { controllers: vec![controller.to_owned()], root: folder }),
            }
        }
        Ok(V1 { mounts })
    }

    fn dir(&self, controller: &str, path: &Path) -> PathBuf {
        let has = |mounted: &&Mounted| mounted.controllers.iter().any(|name| name == controller);
        let mounted = self.mounts.iter().find(has).expect("below() found a hierarchy for each controller");
        mounted.root.join(path)
    }

    fn limit(&self, path: &Path, limits: &Limits) -> io::Result<()> {
        let memory = self.dir("memory", path);
        if let Some(bytes) = limits.memory_bytes_max {
            write(&memory, "memory.limit_in_bytes", bytes.to_string())?;
            // Memory and swap together. The file is missing where the kernel does not account swap.
            if memory.join("memory.memsw.limit_in_bytes").exists() {
                write(&memory, "memory.memsw.limit_in_bytes", bytes.to_string())?;
            }
        }
        if let Some(bytes) = limits.memory_bytes_soft {
            write(&memory, "memory.soft_limit_in_bytes", bytes.to_string())?;
        }
        let cpu = self.dir("cpu", path);
        if let Some(shares) = limits.cpu_shares {
            write(&cpu, "cpu.shares", shares.to_string())?;
        }
        if let Some(quota) = limits.cpu_quota {
            write(&cpu, "cpu.cfs_period_us", quota.period_us.to_string())?;
            write(&cpu, "cpu.cfs_quota_us", quota.quota_us.to_string())?;
        }
        if let Some(most) = limits.pids_max {
            write(&self.dir("pids", path), "pids.max", most.to_string())?;
        }
        Ok(())
    }

    fn limit_devices(&self, path: &Path) -> io::Result<()> {
        let devices = self.dir("devices", path);
        write(&devices, "devices.deny", "a")?;
        RULES.iter().try_for_each(|rule| write(&devices, "devices.allow", rule.v1_line()))
    }
}

impl Hierarchy for V1 {
    fn create(&self, group: &Group, task: &Limits, container: &Limits) -> io::Result<()> {
        for mounted in &self.mounts {
            make_dirs(&mounted.root.join(group.path()))?;
        }
        self.limit(group.task(), task)?;
        self.limit(&group.path(), container)?;
        self.limit_devices(&group.path())
    }

    fn birthplace(&self, _: &Group) -> io::Result<Option<OwnedFd>> {
        Ok(None)
    }

    fn enter(&self, group: &Group) -> io::Result<()> {
        let path = group.path();
        self.mounts.iter().try_for_each(|mounted| write(&mounted.root.join(&path), "cgroup.procs", "0"))
    }

    fn mounts(&self) -> Vec<CgroupMount> {
        let as_mount = |mounted: &Mounted| CgroupMount {
            folder: mounted.controllers.join(","),
            kind: "cgroup",
            flags: mounted.controllers.clone(),
        };
        self.mounts.iter().map(as_mount).collect()
    }

    /// A frozen process cannot fork away from the kill, and takes it when it is thawed.
    fn kill(&self, group: &Group) -> io::Result<()> {
        let freezer = self.dir("freezer", &group.path());
        let empty = || {
            if processes(&freezer).is_empty() {
                return true;
            }
            let frozen = write(&freezer, "freezer.state", "FROZEN").is_ok();
            if frozen {
                let state = || fs::read_to_string(freezer.join("freezer.state")).unwrap_or_default();
                wait_until(FREEZE_LIMIT, || state().trim() != "FREEZING");
            }
            kill_each(&freezer);
            // Failing means that the group is gone; a frozen one would be asked again.
            let _ = write(&freezer, "freezer.state", "THAWED");
            processes(&freezer).is_empty()
        };
        if wait_until(EMPTY_LIMIT, empty) { Ok(()) } else { Err(io::ErrorKind::TimedOut.into()) }
    }

    fn oom_kills(&self, group: &Group) -> u64 {
        Table::read(&self.dir("memory", &group.path()), "memory.oom_control").get("oom_kill")
    }

    fn stats(&self, group: &Group) -> io::Result<Stats> {
        let path = group.path();
        let dir = |controller| self.dir(controller, &path);
        let zero = |value: Option<u64>| value.unwrap_or(0);
        let throttling = Table::read(&dir("cpu"), "cpu.stat");
        let limit = number(&dir("memory"), "memory.limit_in_bytes").unwrap_or(u64::MAX);
        Ok(Stats {
            cpu_ns: zero(number(&dir("cpuacct"), "cpuacct.usage")),
            cpu_user_ns: zero(number(&dir("cpuacct"), "cpuacct.usage_user")),
            cpu_system_ns: zero(number(&dir("cpuacct"), "cpuacct.usage_sys")),
            cpu_periods: throttling.get("nr_periods"),
            cpu_throttled_periods: throttling.get("nr_throttled"),
            cpu_throttled_ns: throttling.get("throttled_time"),
            memory_bytes: zero(number(&dir("memory"), "memory.usage_in_bytes")),
            memory_bytes_max: zero(number(&dir("memory"), "memory.max_usage_in_bytes")),
            memory_limit_bytes: if limit >= UNLIMITED_BYTES { u64::MAX } else { limit },
            memory_inactive_file_bytes: Table::read(&dir("memory"), "memory.stat").get("total_inactive_file"),
            pids: zero(number(&dir("pids"), "pids.current")),
            pids_limit: number(&dir("pids"), "pids.max").unwrap_or(u64::MAX),
        })
    }

    fn remove(&self, group: &Group) -> io::Result<()> {
        for mounted in &self.mounts {
            remove_dir(&mounted.root.join(group.path()))?;
            remove_dir_if_empty(&mounted.root.join(group.task()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::CpuQuota;

    fn fake() -> (tempfile::TempDir, V1) {
        let root = tempfile::tempdir().unwrap();
        for folder in ["memory", "cpu,cpuacct", "pids", "devices", "freezer"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        for link in ["cpu", "cpuacct"] {
            std::os::unix::fs::symlink("cpu,cpuacct", root.path().join(link)).unwrap();
        }
        let tree = V1::below(root.path()).unwrap();
        (root, tree)
    }

    #[test]
    fn controllers_that_share_a_hierarchy_are_entered_once() {
        let (_root, tree) = fake();
        let folders: Vec<_> = tree.mounts().into_iter().map(|mount| mount.folder).collect();
        assert_eq!(folders, ["memory", "cpu,cpuacct", "pids", "devices", "freezer"]);
    }

    #[test]
    fn a_missing_controller_is_named() {
        let root = tempfile::tempdir().unwrap();
        assert!(V1::below(root.path()).unwrap_err().to_string().contains("controller memory"));
    }

    #[test]
    fn limits_become_files() {
        let (root, tree) = fake();
        let group = Group::new(Path::new("gantry"), "task", "web");
        let task = Limits { memory_bytes_max: Some(1 << 29), ..Limits::default() };
        let container = Limits {
            memory_bytes_soft: Some(1 << 20),
            cpu_shares: Some(256),
            cpu_quota: Some(CpuQuota::of_millicpus(500)),
            pids_max: Some(9),
            ..Limits::default()
        };
        tree.create(&group, &task, &container).unwrap();
        let read = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();
        assert_eq!(read("memory/gantry/task/memory.limit_in_bytes"), "536870912");
        assert_eq!(read("memory/gantry/task/web/memory.soft_limit_in_bytes"), "1048576");
        assert_eq!(read("cpu/gantry/task/web/cpu.shares"), "256");
        assert_eq!(read("cpu/gantry/task/web/cpu.cfs_quota_us"), "50000");
        assert_eq!(read("pids/gantry/task/web/pids.max"), "9");
        assert_eq!(read("devices/gantry/task/web/devices.deny"), "a");
    }
}
