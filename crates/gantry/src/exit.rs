//! What the exit code of a command means.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked is done.
    Done,
    /// It failed; why was printed.
    Failed,
    /// The wait ended before what it waited for; the work goes on.
    StillRunning,
    /// `exec`: the process's own exit code.
    Process(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::FAILURE,
            Exit::StillRunning => ExitCode::from(4),
            Exit::Process(code) => ExitCode::from(code),
        }
    }
}
