//! Limits, counting and killing by cgroup, version 1 and 2 behind one trait.
//!
//! Takes in: a group's name (`parent/task/container`) and [`Limits`]. Gives out: groups that exist, their [`Stats`],
//! the kernel's count of OOM kills, and a kill that reaches every process. Does not know: containers, processes' names.
//!
//! A group outlives the agent, so what finds it again ([`Tree`] and [`Group`]) is kept in the container's state.

mod device;
mod device_filter;
mod file;
mod v1;
mod v2;

use crate::api::{Limits, Stats};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// Where systemd and every container runtime mount cgroups.
pub(crate) const ROOT: &str = "/sys/fs/cgroup";

/// A container's group, relative to the root of each hierarchy: `parent/task/container`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    task: PathBuf,
    container: String,
}

impl Group {
    pub(crate) fn new(parent: &Path, task_id: &str, container: &str) -> Group {
        Group { task: parent.join(task_id), container: container.to_owned() }
    }

    fn task(&self) -> &Path {
        &self.task
    }

    fn path(&self) -> PathBuf {
        self.task.join(&self.container)
    }
}

/// What both versions can do.
pub(crate) trait Hierarchy {
    /// Makes the task's group, unless it is there, and the container's in it, with devices limited to the harmless
    /// ones.
    fn create(&self, group: &Group, task: &Limits, container: &Limits) -> io::Result<()>;

    /// The folder that a process can be born in. Version 1 has no such thing.
    fn birthplace(&self, group: &Group) -> io::Result<Option<OwnedFd>>;

    /// Moves the calling process in, where it could not be born in.
    fn enter(&self, group: &Group) -> io::Result<()>;

    /// The file systems to mount in a container: path below `sys/fs/cgroup`, kind, options.
    fn mounts(&self) -> Vec<CgroupMount>;

    /// Kills every process and waits, up to a bound, until none is left. A group that is gone is no error.
    fn kill(&self, group: &Group) -> io::Result<()>;

    /// How many processes of the container the kernel has killed for memory.
    fn oom_kills(&self, group: &Group) -> u64;

    /// What it uses.
    fn stats(&self, group: &Group) -> io::Result<Stats>;

    /// Removes the container's group, and the task's with the last one. A group that is gone is no error.
    fn remove(&self, group: &Group) -> io::Result<()>;
}

/// A cgroup file system as the container sees it.
pub(crate) struct CgroupMount {
    /// Folder below /sys/fs/cgroup; empty for the folder itself.
    pub(crate) folder: String,
    /// `cgroup` or `cgroup2`.
    pub(crate) kind: &'static str,
    /// Flags: the controllers, in version 1.
    pub(crate) flags: Vec<String>,
}

/// The hierarchies of this host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Tree {
    V1(v1::V1),
    V2(v2::V2),
}

impl Tree {
    /// What is mounted at `root`: one unified tree, or a folder of version 1 hierarchies.
    pub(crate) fn detect(root: &Path) -> io::Result<Tree> {
        match v2::V2::at(root)? {
            Some(unified) => Ok(Tree::V2(unified)),
            None => v1::V1::below(root).map(Tree::V1),
        }
    }

    pub(crate) fn hierarchy(&self) -> &dyn Hierarchy {
        match self {
            Tree::V1(tree) => tree,
            Tree::V2(tree) => tree,
        }
    }
}
