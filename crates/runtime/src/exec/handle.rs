//! The agent's hold on a further process.

use super::{FromExec, ToExec};
use crate::api::{ExecError, ExecHandle, RuntimeError, WindowSize};
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Entering namespaces and executing takes milliseconds; entering a cgroup of version 1 some tens.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Dropping it closes the channel, which makes the supervisor kill the process.
pub(crate) struct Handle {
    channel: Channel,
    pid: u32,
    process: OwnedFd,
    has_terminal: bool,
    code: Mutex<Option<i32>>,
}

impl Handle {
    /// Waits until the program runs.
    pub(crate) fn started(channel: Channel, has_terminal: bool) -> Result<Handle, ExecError> {
        let heard =
            channel.receive_within::<FromExec>(START_LIMIT).map_err(ExecError::io("start the process"))?;
        let heard = heard.ok_or(ExecError::Interrupted)?;
        match heard.message {
            FromExec::Running { pid } => {
                let process = heard.descriptors.into_iter().next().ok_or(ExecError::Interrupted)?;
                Ok(Handle { channel, pid, process, has_terminal, code: Mutex::new(None) })
            }
            FromExec::CannotStart(problem) => {
                Err(ExecError::Exec { message: problem.message, code: problem.code })
            }
            FromExec::Failed(failure) => {
                Err(ExecError::Io { doing: failure.doing.clone(), source: failure.source() })
            }
            FromExec::Ended { .. } => Err(ExecError::Interrupted),
        }
    }
}

impl ExecHandle for Handle {
    fn pid(&self) -> u32 {
        self.pid
    }

    fn wait(&self) -> Result<i32, ExecError> {
        let mut known = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = *known {
            return Ok(code);
        }
        let heard = self.channel.receive::<FromExec>().map_err(ExecError::io("wait for the process"))?;
        match heard.map(|heard| heard.message) {
            Some(FromExec::Ended { code }) => Ok(*known.insert(code)),
            Some(FromExec::Failed(failure)) => {
                Err(ExecError::Io { doing: failure.doing.clone(), source: failure.source() })
            }
            Some(FromExec::Running { .. } | FromExec::CannotStart(_)) | None => Err(ExecError::Interrupted),
        }
    }

    fn resize(&self, size: WindowSize) -> Result<(), RuntimeError> {
        if !self.has_terminal {
            return Err(RuntimeError::NoTerminal);
        }
        match self.channel.send(&ToExec::Resize(size), &[]) {
            // A process that has ended needs no size.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(RuntimeError::io("resize the terminal")),
        }
    }

    fn signal(&self, signal: i32) -> Result<(), RuntimeError> {
        match pidfd::signal(self.process.as_fd(), signal) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(RuntimeError::io("signal the process")),
        }
    }
}
