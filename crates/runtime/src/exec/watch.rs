//! A supervisor's loop: the process, the agent, and the bytes of a terminal.

use super::ToExec;
use super::pump::Pump;
use crate::api::WindowSize;
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use crate::sys::process::Child;
use crate::sys::ready::{Source, wait_for_any};
use rustix::event::PollFlags;
use rustix::termios::{Winsize, tcsetwinsize};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// After the end of the process, for output that is still in its terminal.
const DRAIN_LIMIT: Duration = Duration::from_millis(100);

/// The master side of a terminal, with both directions of its bytes.
pub(super) struct Screen {
    master: OwnedFd,
    input: Pump,
    output: Pump,
}

impl Screen {
    pub(super) fn new(master: OwnedFd, stdin: OwnedFd, stdout: OwnedFd) -> io::Result<Screen> {
        let input = Pump::new(stdin, master.try_clone()?);
        let output = Pump::new(master.try_clone()?, stdout);
        Ok(Screen { master, input, output })
    }

    pub(super) fn resize(&self, size: WindowSize) {
        let size = Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
        // A terminal that is closing has no size.
        let _ = tcsetwinsize(&self.master, size);
    }
}

/// What the loop waits for.
#[derive(Clone, Copy)]
enum Ready {
    Process,
    Agent,
    Input,
    Output,
}

/// One process under supervision.
pub(super) struct Watch<'a> {
    pub(super) child: &'a Child,
    /// `None` when it has let go.
    pub(super) agent: Option<&'a Channel>,
    pub(super) screen: Option<Screen>,
    pub(super) ended: bool,
}

impl Watch<'_> {
    /// Until the process has ended, and its last output is out or the time for it is over.
    pub(super) fn run(mut self) {
        while !(self.ended && self.output_is_done()) {
            let limit = self.ended.then_some(DRAIN_LIMIT);
            let Some(ready) = wait_for_any(&self.sources(), limit) else { return };
            ready.into_iter().for_each(|ready| self.act(ready));
        }
    }

    fn sources(&self) -> Vec<Source<'_, Ready>> {
        let process = (!self.ended).then(|| (Ready::Process, self.child.pidfd.as_fd(), PollFlags::IN));
        let agent = self.agent.map(|agent| (Ready::Agent, agent.as_fd(), PollFlags::IN));
        let pump = |name, pump: Option<_>| pump.and_then(Pump::interest).map(|(fd, flags)| (name, fd, flags));
        let input = pump(Ready::Input, self.screen.as_ref().map(|screen| &screen.input));
        let output = pump(Ready::Output, self.screen.as_ref().map(|screen| &screen.output));
        [process, agent, input, output].into_iter().flatten().collect()
    }

    fn output_is_done(&self) -> bool {
        self.screen.as_ref().is_none_or(|screen| screen.output.interest().is_none())
    }

    fn act(&mut self, ready: Ready) {
        match (ready, &mut self.screen) {
            (Ready::Process, _) => self.ended = true,
            (Ready::Agent, _) => self.hear_agent(),
            (Ready::Input, Some(screen)) => screen.input.step(),
            (Ready::Output, Some(screen)) => screen.output.step(),
            (Ready::Input | Ready::Output, None) => {}
        }
    }

    fn hear_agent(&mut self) {
        match self.agent.map(Channel::receive::<ToExec>) {
            Some(Ok(Some(heard))) => {
                let ToExec::Resize(size) = heard.message;
                self.screen.iter().for_each(|screen| screen.resize(size));
            }
            _ => {
                self.agent = None;
                // Nobody waits for the process any more. One that is gone already needs no signal.
                let _ = pidfd::signal(self.child.pidfd.as_fd(), libc::SIGKILL);
            }
        }
    }
}
