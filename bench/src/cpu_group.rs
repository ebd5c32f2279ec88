//! A cgroup for the whole benchmark, which the kernel prefers to its neighbours: `nice` does nothing across sessions.
//!
//! Everything that a benchmark starts is born into it. Without cgroups, or without the right to make one, the benchmark runs
//! as it is and says so.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Twenty times a neighbour's part (cgroup v1: 1,024 is usual).
const SHARES: &str = "20480";
/// The same in version 2, where 100 is usual.
const WEIGHT: &str = "2000";

const PREFIX: &str = "gantry-bench-";

/// This process's place while it is alive.
pub(crate) struct CpuGroup {
    place: Result<Place>,
}

struct Place {
    /// The root of the hierarchy.
    root: PathBuf,
    /// Our group in it.
    group: PathBuf,
    /// Where we came from.
    home: PathBuf,
}

impl CpuGroup {
    /// Moves this process in.
    pub(crate) fn enter() -> Self {
        Self { place: Place::enter() }
    }

    /// For the page of results.
    pub(crate) fn describe(&self) -> String {
        match &self.place {
            Ok(_) => "one cgroup with 20 times a neighbour's share of the CPU".to_owned(),
            Err(error) => format!("no cgroup of its own: {error:#}"),
        }
    }
}

impl Drop for CpuGroup {
    fn drop(&mut self) {
        if let Ok(place) = &self.place {
            // A group that cannot be left is removed by the next run.
            drop(fs::write(place.home.join("cgroup.procs"), "0"));
            sweep(&place.root);
        }
    }
}

impl Place {
    fn enter() -> Result<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").context("cannot read the mount table")?;
        let (root, knob, value) = hierarchy(&mounts).context("no cpu hierarchy is mounted")?;
        let own = fs::read_to_string("/proc/self/cgroup").context("cannot read this process's cgroups")?;
        let home = root.join(home(&own, knob == "cpu.shares").trim_start_matches('/'));
        sweep(&root);
        if knob == "cpu.weight" {
            fs::write(root.join("cgroup.subtree_control"), "+cpu")
                .context("cannot ask for the cpu controller")?;
        }
        let group = root.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&group).with_context(|| format!("cannot make {}", group.display()))?;
        let place = Self { root, group, home };
        fs::write(place.group.join(knob), value).with_context(|| format!("cannot set {knob}"))?;
        fs::write(place.group.join("cgroup.procs"), "0").context("cannot enter it")?;
        Ok(place)
    }
}

/// The root of the hierarchy that divides the CPU, its knob and our value for it.
fn hierarchy(mounts: &str) -> Option<(PathBuf, &'static str, &'static str)> {
    let fields =
        || mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()).filter(|fields| fields.len() > 3);
    let has_cpu = |options: &str| options.split(',').any(|option| option == "cpu");
    let first = fields().find(|fields| fields[2] == "cgroup" && has_cpu(fields[3]));
    let first = first.map(|fields| (PathBuf::from(fields[1]), "cpu.shares", SHARES));
    first.or_else(|| {
        let unified = fields().find(|fields| fields[2] == "cgroup2")?;
        Some((PathBuf::from(unified[1]), "cpu.weight", WEIGHT))
    })
}

/// This process's group in that hierarchy (`/proc/self/cgroup`: `number:controllers:path`).
fn home(own: &str, version_1: bool) -> &str {
    let lines = own.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
    let mut wanted = lines.filter(|(controllers, _)| {
        if version_1 { controllers.split(',').any(|name| name == "cpu") } else { controllers.is_empty() }
    });
    wanted.next().map_or("/", |(_, path)| path)
}

/// Removes groups of ours without processes; the kernel refuses for the others.
fn sweep(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        drop(fs::remove_dir(entry.path()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_is_found_by_its_controller_and_version_2_otherwise() {
        let unified = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
        let hybrid = format!(
            "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /c/cpuset cgroup rw,cpuset 0 0\n{unified}cgroup /c/cpu cgroup rw,cpu,cpuacct 0 0\n"
        );
        assert_eq!(hierarchy(&hybrid), Some(("/c/cpu".into(), "cpu.shares", SHARES)));
        assert_eq!(hierarchy(unified), Some(("/sys/fs/cgroup".into(), "cpu.weight", WEIGHT)));
        assert_eq!(hierarchy("tmpfs / tmpfs rw 0 0\n"), None);
    }

    #[test]
    fn home_is_read_from_the_line_of_the_hierarchy() {
        let own = "3:cpuset:/sets\n1:cpu,cpuacct:/a:b\n0::/user.slice\n";
        assert_eq!(home(own, true), "/a:b");
        assert_eq!(home(own, false), "/user.slice");
        assert_eq!(home("", false), "/");
    }
}
