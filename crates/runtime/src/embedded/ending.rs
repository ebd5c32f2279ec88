//! How a container's end becomes known: by its record, or by the lack of one.

use super::node::{Container, Node};
use crate::api::{Exit, ExitReason, Phase, Started};
use crate::state::{EXIT, STARTED, StateDir};
use crate::sys::time::now_ms;

/// The code of a process that was killed.
const KILLED: i32 = 128 + libc::SIGKILL;

impl Node {
    /// The shim has gone. `false` when it left no record, which means that it was killed.
    pub(super) fn end_is_recorded(&self, container: &Container) -> bool {
        let Ok(state) = StateDir::open(&container.dir) else { return false };
        match state.read::<Exit>(EXIT) {
            Ok(Some(exit)) => {
                self.has_ended(container, &state, exit);
                true
            }
            Ok(None) | Err(_) => false,
        }
    }

    /// Kills what a killed shim has left behind, and records that.
    pub(super) fn end_without_shim(&self, container: &Container) {
        if let Err(error) = container.kill_all() {
            tracing::error!(container = %container.id, %error, "not every process could be killed");
        }
        let exit = Exit {
            code: KILLED,
            oom_killed: false,
            finished_at_ms: now_ms(),
            reason: Some(ExitReason::ShimDied),
        };
        match StateDir::open(&container.dir) {
            Ok(state) => {
                if let Err(error) = state.write_durably(EXIT, &exit) {
                    tracing::error!(container = %container.id, %error, "the end is told but not recorded");
                }
                self.has_ended(container, &state, exit);
            }
            Err(error) => {
                tracing::error!(container = %container.id, %error, "the state folder is gone");
                container.has_ended(None, exit.clone());
                self.tell(&container.id, exit);
            }
        }
    }

    fn has_ended(&self, container: &Container, state: &StateDir, exit: Exit) {
        let started = match container.phase() {
            Phase::Running(started) => Some(started),
            Phase::Created | Phase::Ended { .. } => started_record(state),
        };
        container.has_ended(started, exit.clone());
        // Whoever called start has the answer.
        if !matches!(exit.reason, Some(ExitReason::NotStarted(_))) {
            self.tell(&container.id, exit);
        }
    }
}

/// Missing when the program never ran, or on a disk that was full at that moment.
pub(super) fn started_record(state: &StateDir) -> Option<Started> {
    state.read(STARTED).ok().flatten()
}
