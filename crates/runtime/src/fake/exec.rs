//! A further process in a fake container.

use super::program::Program;
use super::timer::Timer;
use crate::api::{ExecError, ExecHandle, RuntimeError, WindowSize};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The end of one process, to be waited for.
#[derive(Default)]
pub(super) struct Ending {
    code: Mutex<Option<i32>>,
    changed: Condvar,
}

impl Ending {
    /// The first end counts.
    pub(super) fn set(&self, code: i32) {
        self.code.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(code);
        self.changed.notify_all();
    }

    fn wait(&self) -> i32 {
        let code = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_while(code, |code| code.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).expect("waited until it is there")
    }
}

/// The agent's hold on it.
pub(super) struct FakeExec {
    pid: u32,
    has_terminal: bool,
    ending: Arc<Ending>,
}

impl FakeExec {
    /// Prints what the program prints, and ends when it ends.
    pub(super) fn start(
        pid: u32,
        program: &Program,
        has_terminal: bool,
        [_, stdout, _]: [OwnedFd; 3],
        timer: &Timer,
    ) -> FakeExec {
        let mut stdout = File::from(stdout);
        for line in &program.output {
            // A reader that is gone ends nothing here.
            let _ = writeln!(stdout, "{line}");
        }
        let ending = Arc::new(Ending::default());
        if let Some(run_ms) = program.run_ms {
            let (ending, code) = (Arc::clone(&ending), program.exit_code);
            timer.after(Duration::from_millis(run_ms), move || ending.set(code));
        }
        FakeExec { pid, has_terminal, ending }
    }

    pub(super) fn ending(&self) -> Arc<Ending> {
        Arc::clone(&self.ending)
    }
}

impl ExecHandle for FakeExec {
    fn pid(&self) -> u32 {
        self.pid
    }

    fn wait(&self) -> Result<i32, ExecError> {
        Ok(self.ending.wait())
    }

    fn resize(&self, _: WindowSize) -> Result<(), RuntimeError> {
        if self.has_terminal { Ok(()) } else { Err(RuntimeError::NoTerminal) }
    }

    fn signal(&self, signal: i32) -> Result<(), RuntimeError> {
        self.ending.set(128 + signal);
        Ok(())
    }
}
