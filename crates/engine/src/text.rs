//! AWS's words. Names of errors are those of the ECS agent; a container's reason is `Name: text`.

use crate::limits::{CREATE_LIMIT_MS, PULL_LIMIT_MS, START_LIMIT_MS};
use gantry_model::status::StopCode;
use gantry_model::view::Occurrence;
use std::fmt;

/// What went wrong with a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContainerError {
    CannotPull(String),
    PullTimedOut,
    CannotCreate(String),
    CreateTimedOut,
    CannotStart(String),
    StartTimedOut,
    OutOfMemory,
    SupervisorDied,
    HostRestarted,
    Vanished,
}

impl fmt::Display for ContainerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotPull(text) => write!(f, "CannotPullContainerError: {text}"),
            Self::PullTimedOut => timed_out(f, "pulled", PULL_LIMIT_MS),
            Self::CannotCreate(text) => write!(f, "CannotCreateContainerError: {text}"),
            Self::CreateTimedOut => timed_out(f, "created", CREATE_LIMIT_MS),
            Self::CannotStart(text) => write!(f, "CannotStartContainerError: {text}"),
            Self::StartTimedOut => timed_out(f, "started", START_LIMIT_MS),
            Self::OutOfMemory => f.write_str("OutOfMemoryError: Container killed due to memory usage"),
            Self::SupervisorDied => f.write_str(
                "SupervisorDiedError: The process that supervised the container died, so the container was killed with it",
            ),
            Self::HostRestarted => {
                f.write_str("ContainerVanishedError: The host was restarted while the container ran")
            }
            Self::Vanished => f.write_str("ContainerVanishedError: No container matching saved ID found"),
        }
    }
}

impl ContainerError {
    /// Why a task stopped whose essential container did not start for this reason.
    pub(crate) fn of_task(&self) -> Occurrence {
        match self {
            Self::CannotPull(_) | Self::PullTimedOut | Self::CreateTimedOut | Self::StartTimedOut => {
                failed_to_start(self.to_string())
            }
            Self::CannotCreate(_)
            | Self::CannotStart(_)
            | Self::OutOfMemory
            | Self::SupervisorDied
            | Self::HostRestarted
            | Self::Vanished => failed_to_start("Task failed to start".to_owned()),
        }
    }
}

/// An essential container ended by itself.
pub(crate) fn essential_exited() -> Occurrence {
    Occurrence {
        code: StopCode::EssentialContainerExited,
        reason: "Essential container in task exited".to_owned(),
    }
}

/// An essential container ended without having run, and nobody said why.
pub(crate) fn never_ran() -> Occurrence {
    failed_to_start("Task failed to start".to_owned())
}

/// The network interface did not come in time.
pub(crate) fn attach_timed_out() -> Occurrence {
    failed_to_start("Timeout waiting for network interface provisioning to complete.".to_owned())
}

/// The network interface was refused.
pub(crate) fn cannot_attach(text: &str) -> Occurrence {
    failed_to_start(format!(
        "ResourceInitializationError: unable to provision the task's network interface: {text}"
    ))
}

/// The task's folder could not be made.
pub(crate) fn cannot_make_files(text: &str) -> Occurrence {
    failed_to_start(format!("CannotCreateVolumeError: {text}"))
}

/// A task that may run once was stopped because its node is cut off.
pub(crate) fn lease_ended() -> Occurrence {
    let reason = "The node lost its control plane, and the task may run at most once: it was stopped before its lease ended.";
    Occurrence { code: StopCode::InfrastructureHealth, reason: reason.to_owned() }
}

fn failed_to_start(reason: String) -> Occurrence {
    Occurrence { code: StopCode::TaskFailedToStart, reason }
}

fn timed_out(f: &mut fmt::Formatter<'_>, transition: &str, limit_ms: u64) -> fmt::Result {
    let duration = GoDuration(limit_ms);
    write!(f, "DockerTimeoutError: Could not transition to {transition}; timed out after waiting {duration}")
}

/// Milliseconds as Go prints whole seconds: `3m0s`, `2h0m0s`.
struct GoDuration(u64);

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds}s"),
            (0, _) => write!(f, "{minutes}m{seconds}s"),
            (_, _) => write!(f, "{hours}h{minutes}m{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_outs_read_as_the_agent_of_aws_writes_them() {
        assert_eq!(
            ContainerError::StartTimedOut.to_string(),
            "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"
        );
        assert!(ContainerError::PullTimedOut.to_string().ends_with("after waiting 2h0m0s"));
        assert_eq!(GoDuration(45_000).to_string(), "45s");
    }
}
