//! Small values of the border: identity, phases, ends, usage.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Names a container on its node: 32 to 64 characters of `[a-z0-9-]`, chosen by the caller, also a folder name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContainerId(String);

/// The text is not a container id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a container id has 32 to 64 characters of [a-z0-9-] and starts with a letter or digit, not {0:?}")]
pub struct InvalidContainerId(pub String);

impl ContainerId {
    /// Shortest and longest id: 32 hexadecimal digits of a task id, 64 as Docker has them.
    const LENGTHS: std::ops::RangeInclusive<usize> = 32..=64;

    /// Checks the text.
    pub fn parse(text: &str) -> Result<ContainerId, InvalidContainerId> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let legal = Self::LENGTHS.contains(&text.len())
            && text.starts_with(plain)
            && text.chars().all(|c| plain(c) || c == '-');
        if legal { Ok(ContainerId(text.to_owned())) } else { Err(InvalidContainerId(text.to_owned())) }
    }

    /// The text that was parsed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ContainerId {
    type Error = InvalidContainerId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ContainerId> for String {
    fn from(id: ContainerId) -> String {
        id.0
    }
}

/// A container's first process executes its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Process id as the host sees it.
    pub pid: u32,
    /// Wall clock, milliseconds since 1970.
    pub started_at_ms: u64,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The exit status, or 128 + the signal's number.
    pub code: i32,
    /// The kernel's counter of OOM kills in this container moved. Never deduced from the code.
    pub oom_killed: bool,
    /// Wall clock, milliseconds since 1970.
    pub finished_at_ms: u64,
    /// Set when the end was not the program's own.
    pub reason: Option<ExitReason>,
}

/// Why a container ended when its program did not end by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ExitReason {
    /// The container's supervisor was killed; the container was killed with it.
    #[error("the process that supervises the container died, so the container was killed with it")]
    ShimDied,
    /// The host was started again since; nothing of the container is left.
    #[error("the host was restarted while the container ran")]
    HostRestarted,
    /// It never ran: the program could not be executed, for this reason.
    #[error("{0}")]
    NotStarted(String),
    /// It was killed between create and start.
    #[error("the container was killed before it was started")]
    NeverStarted,
}

/// What the runtime tells without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A container ended. Told at least once, until [`super::Runtime::acknowledge_exit`].
    Exited {
        /// Which.
        id: ContainerId,
        /// How.
        exit: Exit,
    },
}

/// A container that the runtime knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub id: ContainerId,
    /// The task that it was created for.
    pub task_id: String,
    /// How far it is.
    pub phase: Phase,
}

/// How far a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Made, its program not yet executed.
    Created,
    /// Its program runs.
    Running(Started),
    /// It is over.
    Ended {
        /// Absent when its program never ran.
        started: Option<Started>,
        /// How it ended.
        exit: Exit,
        /// [`super::Runtime::acknowledge_exit`] was called.
        acknowledged: bool,
    },
}

/// What a container uses. Zero where the kernel does not count it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// CPU time since its creation.
    pub cpu_ns: u64,
    /// Of which in user mode.
    pub cpu_user_ns: u64,
    /// Of which in the kernel.
    pub cpu_system_ns: u64,
    /// Periods of the CPU quota that have passed.
    pub cpu_periods: u64,
    /// Of which it was held back in.
    pub cpu_throttled_periods: u64,
    /// Time that it was held back.
    pub cpu_throttled_ns: u64,
    /// Memory charged now, page cache included.
    pub memory_bytes: u64,
    /// The largest value of `memory_bytes` so far.
    pub memory_bytes_max: u64,
    /// The hard limit; `u64::MAX` without one.
    pub memory_limit_bytes: u64,
    /// Page cache that the kernel would take back first; `docker stats` subtracts it.
    pub memory_inactive_file_bytes: u64,
    /// Processes and threads.
    pub pids: u64,
    /// Their limit; `u64::MAX` without one.
    pub pids_limit: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_safe_folder_name_of_legal_length() {
        let hex = "0123456789abcdef0123456789abcdef";
        assert_eq!(ContainerId::parse(hex).unwrap().as_str(), hex);
        assert!(ContainerId::parse(&format!("{hex}-{hex}")[..64]).is_ok());
        for bad in
            ["", "short", &format!("../{hex}"), &format!("-{hex}"), &hex.to_uppercase(), &"a".repeat(65)]
        {
            assert!(ContainerId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
