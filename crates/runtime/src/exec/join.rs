//! In the new process: into the container, and become the program.

use super::ExecOrder;
use crate::container::{self, Process, open_terminal};
use crate::failure::{Doing, Failure, NotExecuted};
use crate::sys::channel::Channel;
use crate::sys::time::wait_for;
use rustix::event::PollFlags;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What the new process joins besides the process namespace, which its birth puts it into.
const NAMESPACES: i32 =
    libc::CLONE_NEWNS | libc::CLONE_NEWUTS | libc::CLONE_NEWIPC | libc::CLONE_NEWNET | libc::CLONE_NEWCGROUP;

/// What the new process says before it is the program.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromChild {
    /// The master side of its terminal comes along.
    Terminal,
    CannotStart(NotExecuted),
}

/// What the new process is made of.
pub(super) struct Joining<'a> {
    pub(super) order: &'a ExecOrder,
    pub(super) process: &'a Process,
    /// The container's first process.
    pub(super) first: &'a OwnedFd,
    pub(super) stdio: &'a [OwnedFd; 3],
    /// To the supervisor.
    pub(super) channel: Channel,
}

impl Joining<'_> {
    /// Everything that must stay open in the new process.
    pub(super) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        self.stdio.iter().map(AsFd::as_fd).chain([self.first.as_fd(), self.channel.as_fd()]).collect()
    }

    /// Returns only what went wrong.
    pub(super) fn become_program(&self) -> NotExecuted {
        let parent_lives =
            || matches!(wait_for(&self.channel, PollFlags::IN, Some(Duration::ZERO)), Ok(false));
        let entered = self.enter().map_err(NotExecuted::from);
        match entered.and_then(|()| container::launch(self.process, parent_lives)) {
            Err(problem) => problem,
        }
    }

    /// The cgroup first: afterwards its path means something else.
    fn enter(&self) -> Result<(), Failure> {
        let ExecOrder { tree, group, spec } = self.order;
        tree.hierarchy().enter(group).doing("enter the cgroup")?;
        join(self.first, NAMESPACES).doing("enter the container's namespaces")?;
        if spec.tty.is_some() {
            let master = open_terminal().doing("make a terminal")?.adopt()?;
            return self
                .channel
                .send(&FromChild::Terminal, &[master.as_fd()])
                .doing("hand over the terminal");
        }
        for (number, fd) in (0..).zip(self.stdio) {
            // SAFETY: the three standard descriptors of this process are nobody's OwnedFd.
            if unsafe { libc::dup2(fd.as_raw_fd(), number) } < 0 {
                return Err(io::Error::last_os_error()).doing("connect standard input and output");
            }
        }
        Ok(())
    }
}

/// Enters namespaces of a process.
pub(super) fn join(process: &OwnedFd, namespaces: i32) -> io::Result<()> {
    // SAFETY: a valid descriptor and integer flags; the calling process has one thread.
    if unsafe { libc::setns(process.as_raw_fd(), namespaces) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
