//! The first process of a container, before it becomes the program.

use super::prepare::{Stage, prepare};
use super::process::Process;
use super::{launch, root, terminal};
use crate::failure::{Doing, Failure, NotExecuted};
use crate::shim::ContainerOrder;
use crate::state::{Plan, SPEC, StateDir};
use crate::sys::channel::Channel;
use crate::sys::time::wait_for;
use rustix::event::PollFlags;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What the shim leaves to its child.
pub(crate) struct Inherited {
    pub(crate) order: ContainerOrder,
    pub(crate) state: StateDir,
    pub(crate) channel: Channel,
    pub(crate) netns: Option<OwnedFd>,
    /// In the order of the specification.
    pub(crate) mounts: Vec<OwnedFd>,
    pub(crate) stdio: [OwnedFd; 3],
}

impl Inherited {
    /// Everything that must stay open in the child.
    pub(crate) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        let single = [self.state.as_fd(), self.channel.as_fd()];
        let lists = self.netns.iter().chain(&self.mounts).chain(&self.stdio);
        single.into_iter().chain(lists.map(AsFd::as_fd)).collect()
    }
}

/// What the first process tells the shim. An executed program closes the channel without a word.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FromInit {
    /// Everything up to the program is made. With a terminal, its master side comes along.
    Ready,
    CannotCreate(Failure),
    CannotStart(NotExecuted),
}

/// What the shim tells the first process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToInit {
    Go,
}

/// Never returns to anything of the shim: the result is this process's exit status.
pub(crate) fn run(inherited: Inherited) -> i32 {
    let Inherited { order, state, channel, netns, mounts, stdio } = inherited;
    let made = take_stdio(stdio)
        .and_then(|()| prepare(&order, netns))
        .and_then(|stage| assemble(&order, &state, stage, mounts));
    drop(state);
    let (process, master) = match made {
        Ok(made) => made,
        Err(failure) => return tell(&channel, &FromInit::CannotCreate(failure)),
    };
    let master: Vec<_> = master.iter().map(AsFd::as_fd).collect();
    if channel.send(&FromInit::Ready, &master).is_err() || !told_to_go(&channel) {
        return 0;
    }
    match launch(&process, || alive(&channel)) {
        Err(problem) => tell(&channel, &FromInit::CannotStart(problem)),
    }
}

fn assemble(
    order: &ContainerOrder,
    state: &StateDir,
    stage: Stage,
    mounts: Vec<OwnedFd>,
) -> Result<(Process, Option<OwnedFd>), Failure> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    let plan: Plan =
        state.read(SPEC).and_then(|plan| plan.ok_or_else(absent)).doing("read the specification")?;
    root::assemble(order, &plan.spec, stage, mounts)?;
    let terminal = plan.spec.tty.then(terminal::console).transpose()?;
    let master = terminal.map(terminal::Terminal::adopt).transpose()?;
    Ok((Process::of_container(&plan.spec), master))
}

/// Puts the ends of the shim's pipes where programs expect them.
fn take_stdio(stdio: [OwnedFd; 3]) -> Result<(), Failure> {
    for (number, fd) in (0..).zip(stdio) {
        // SAFETY: the three standard descriptors of this process are nobody's OwnedFd.
        let copied = unsafe { libc::dup2(fd.as_raw_fd(), number) };
        if copied < 0 {
            return Err(io::Error::last_os_error()).doing("connect standard input and output");
        }
    }
    Ok(())
}

/// Waits for the word; a shim that is gone instead takes this process with it.
fn told_to_go(channel: &Channel) -> bool {
    matches!(channel.receive::<ToInit>(), Ok(Some(_)))
}

/// Whether the shim still holds its end. Asked after the signal for its death is set, so that no death is missed.
fn alive(channel: &Channel) -> bool {
    matches!(wait_for(channel, PollFlags::IN, Some(Duration::ZERO)), Ok(false))
}

fn tell(channel: &Channel, message: &FromInit) -> i32 {
    // When the shim is gone nobody is left to hear it, and this process ends either way.
    let _ = channel.send(message, &[]);
    1
}
