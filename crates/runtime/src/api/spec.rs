//! What a container is, complete: the runtime looks nothing up elsewhere.

use super::{Capabilities, ContainerId};
use serde::{Deserialize, Serialize};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// Processes and threads of a container without a limit of its own: far above what programs need, far below what
/// hurts the host. Docker sets none; the difference is on the product's page of differences.
pub const PIDS_DEFAULT: u64 = 4_096;

/// Size of /dev/shm without a wish, as in Docker.
pub const SHM_BYTES_DEFAULT: u64 = 64 * 1024 * 1024;

/// Everything about one container. Kept in its state folder, without `netns`, until it is removed.
#[derive(Debug, Serialize, Deserialize)]
pub struct ContainerSpec {
    /// Its name on this node.
    pub id: ContainerId,
    /// The task that it belongs to: names the parent cgroup. `[A-Za-z0-9_.-]`, at most 128 characters.
    pub task_id: String,
    /// The image's name as the task definition has it: for messages and for the fake runtime.
    pub image: String,
    /// Limits of the whole task, set when its first container is made.
    pub task_limits: Limits,
    /// Limits of this container inside its task.
    pub limits: Limits,
    /// Unpacked layers of the image, topmost first; at least one. They are only read.
    pub layers: Vec<PathBuf>,
    /// Program and arguments; at least one. The program is looked up in the container's PATH.
    pub args: Vec<String>,
    /// `NAME=value`. PATH, HOSTNAME and HOME are added when absent, as by Docker.
    pub env: Vec<String>,
    /// Working directory, absolute; created when missing. Empty means `/`.
    pub cwd: String,
    /// `uid`, `uid:gid`, `name` or `name:group`, looked up inside the image. Empty means root.
    pub user: String,
    /// Further groups, by number.
    pub additional_gids: Vec<u32>,
    /// Host name inside.
    pub hostname: String,
    /// The network namespace to live in; without one, a new one that has nothing but a loopback.
    #[serde(skip)]
    pub netns: Option<OwnedFd>,
    /// Files and folders of the host.
    pub mounts: Vec<BindMount>,
    /// Temporary file systems.
    pub tmpfs: Vec<TmpfsMount>,
    /// Size of /dev/shm.
    pub shm_bytes: u64,
    /// What root inside may do.
    pub capabilities: Capabilities,
    /// The image's files cannot be changed.
    pub readonly_rootfs: bool,
    /// Programs cannot gain rights by set-user-id bits or file capabilities.
    pub no_new_privs: bool,
    /// Per-process limits.
    pub ulimits: Vec<Ulimit>,
    /// Kernel parameters of the container's own namespaces, such as (`net.core.somaxconn`, `1024`).
    pub sysctls: Vec<(String, String)>,
    /// Standard input, output and error are a terminal (`pseudoTerminal`).
    pub tty: bool,
    /// Standard input stays open, and silent, instead of being at its end (`interactive`).
    pub interactive: bool,
    /// Where its output goes.
    pub log: LogSpec,
}

impl ContainerSpec {
    /// A container with Docker's defaults. `layers` topmost first.
    pub fn new(
        id: ContainerId,
        task_id: &str,
        layers: Vec<PathBuf>,
        args: Vec<String>,
        log: LogSpec,
    ) -> Self {
        ContainerSpec {
            hostname: id.as_str()[..12].to_owned(),
            id,
            task_id: task_id.to_owned(),
            image: String::new(),
            task_limits: Limits::default(),
            limits: Limits { pids_max: Some(PIDS_DEFAULT), ..Limits::default() },
            layers,
            args,
            env: Vec::new(),
            cwd: String::new(),
            user: String::new(),
            additional_gids: Vec::new(),
            netns: None,
            mounts: Vec::new(),
            tmpfs: Vec::new(),
            shm_bytes: SHM_BYTES_DEFAULT,
            capabilities: Capabilities::DOCKER_DEFAULT,
            readonly_rootfs: false,
            no_new_privs: false,
            ulimits: Vec::new(),
            sysctls: Vec::new(),
            tty: false,
            interactive: false,
            log,
        }
    }
}

/// What a cgroup may use. `None` means: only what its parent allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Hard limit; swap does not widen it.
    pub memory_bytes_max: Option<u64>,
    /// What is left to it when the host runs short of memory (`memoryReservation`).
    pub memory_bytes_soft: Option<u64>,
    /// Weight against siblings in Docker's scale: 1024 per CPU, at least 2.
    pub cpu_shares: Option<u64>,
    /// CPU time per period.
    pub cpu_quota: Option<CpuQuota>,
    /// Processes and threads.
    pub pids_max: Option<u64>,
}

/// A hard limit on CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuQuota {
    /// CPU time in each period, over all CPUs.
    pub quota_us: u64,
    /// Length of a period; the kernel takes 1,000 to 1,000,000.
    pub period_us: u64,
}

impl CpuQuota {
    /// The period that ECS and Docker use.
    pub const PERIOD_US: u64 = 100_000;

    /// So many thousandths of a CPU.
    pub fn of_millicpus(millicpus: u64) -> CpuQuota {
        CpuQuota { quota_us: millicpus * Self::PERIOD_US / 1_000, period_us: Self::PERIOD_US }
    }
}

/// A file or folder of the host, seen inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindMount {
    /// Absolute path on the host, resolved in the agent's view; it must exist.
    pub source: PathBuf,
    /// Absolute path inside, resolved inside the image and created when missing.
    pub target: String,
    /// Cannot be written through.
    pub read_only: bool,
}

/// A temporary file system in memory, charged to the container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TmpfsMount {
    /// Absolute path inside.
    pub target: String,
    /// Its size.
    pub bytes_max: u64,
    /// Programs on it may be executed (`exec`).
    pub executable: bool,
}

/// A per-process limit; names as in Docker and ECS: `nofile`, `core`, `memlock` …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ulimit {
    /// Which.
    pub name: String,
    /// What applies.
    pub soft: u64,
    /// How far a process may raise it.
    pub hard: u64,
}

/// Where output goes: frames in segments, the oldest of which is deleted when there are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSpec {
    /// An existing folder of this container alone, owned by the caller.
    pub dir: PathBuf,
    /// A segment is closed when it has reached this size.
    pub segment_bytes_max: u64,
    /// So many are kept, the open one included; at least 2.
    pub segments_max: u32,
}

impl LogSpec {
    /// Keeps at most 64 MiB.
    pub fn in_dir(dir: PathBuf) -> LogSpec {
        LogSpec { dir, segment_bytes_max: 16 * 1024 * 1024, segments_max: 4 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_a_cpu_is_25_ms_in_each_100() {
        assert_eq!(CpuQuota::of_millicpus(250), CpuQuota { quota_us: 25_000, period_us: 100_000 });
    }
}
