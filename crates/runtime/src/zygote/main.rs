//! The zygote's own side.

use super::prune::prune;
use super::{Answer, Order};
use crate::exec::{self, ExecOrder};
use crate::failure::{Doing, Failure};
use crate::shim::{self, ContainerOrder, Descriptors, FromShim};
use crate::sys::channel::{Channel, Received};
use crate::sys::process::{CloneOptions, clone_child, exit_now, keep_only};
use rustix::process::{DumpableBehavior, getpid, set_child_subreaper, set_dumpable_behavior, setsid};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// Serves orders until the agent is gone.
///
/// The channel to the agent is the process's standard input. The program calls this first of all: before it makes a
/// thread, reads its configuration or takes memory, all of which every shim would inherit.
pub fn zygote_main() -> ! {
    let Ok(channel) = take_stdin() else { exit_now(1) };
    let status = match settle() {
        Ok(()) => serve(&channel),
        Err(failure) => {
            answer(&channel, &Answer::Refused(failure));
            1
        }
    };
    exit_now(status)
}

/// No copy of the channel may stay behind as anybody's standard input, or the zygote's end would not be its end.
fn take_stdin() -> io::Result<Channel> {
    let channel = io::stdin().as_fd().try_clone_to_owned()?;
    let null = File::open("/dev/null")?;
    // SAFETY: descriptor 0 is nobody's OwnedFd.
    if unsafe { libc::dup2(null.as_raw_fd(), libc::STDIN_FILENO) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(channel.into())
}

fn settle() -> Result<(), Failure> {
    // Nobody may look into this process or those forked from it: inside a container they are root's neighbours.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing("protect its memory")?;
    // What a killed shim leaves behind comes here and is reaped; not every host has a first process that does that.
    set_child_subreaper(Some(getpid())).doing("adopt orphans")?;
    // The name is for `ps`; and a process that leads its group already needs no session to be out of Ctrl-C's way.
    let _ = rustix::thread::set_name(c"gantry-zygote");
    let _ = setsid();
    // SAFETY: sets a disposition; ignored children are reaped by the kernel.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    Ok(())
}

fn serve(channel: &Channel) -> i32 {
    loop {
        match channel.receive::<Order>() {
            Ok(Some(received)) => obey(channel, received),
            Ok(None) => return 0,
            Err(_) => return 1,
        }
    }
}

fn obey(channel: &Channel, received: Received<Order>) {
    match received.message {
        Order::Prune { keep } => {
            answer(channel, &prune(&keep).map_or_else(Answer::Refused, |()| Answer::Ready));
        }
        Order::Answer => answer(channel, &Answer::Ready),
        Order::Container(order) => container(order, received.descriptors),
        Order::Exec(order) => further_process(order, received.descriptors),
    }
}

fn answer(channel: &Channel, answer: &Answer) {
    // An agent that is gone is seen by the next receive.
    let _ = channel.send(answer, &[]);
}

fn container(order: ContainerOrder, descriptors: Vec<OwnedFd>) {
    let agent = descriptors.first().and_then(|fd| fd.try_clone().ok());
    let forked = fork(descriptors, |list| match Descriptors::from_list(list, order.joins_network) {
        Some(descriptors) => shim::run(order, descriptors),
        None => 1,
    });
    if let (Err(error), Some(agent)) = (forked, agent) {
        let failure = Failure::new("fork a supervisor", &error);
        // An agent that is gone needs no answer.
        let _ = Channel::from(agent).send(&FromShim::CannotCreate(failure), &[]);
    }
}

fn further_process(order: ExecOrder, descriptors: Vec<OwnedFd>) {
    // When this fails the descriptors are dropped, and the agent sees the end of the channel among them.
    let _ = fork(descriptors, |list| exec::supervise(order, list));
}

/// The child gets the descriptors and keeps no others; the parent keeps none of them.
fn fork(descriptors: Vec<OwnedFd>, body: impl FnOnce(Vec<OwnedFd>) -> i32) -> io::Result<()> {
    let child = move || {
        settle_child();
        let kept: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
        // SAFETY: this process never returns into the zygote's code, and `body` has these descriptors only.
        match unsafe { keep_only(&kept) } {
            Ok(()) => body(descriptors),
            Err(_) => 1,
        }
    };
    // SAFETY: the zygote has one thread.
    unsafe { clone_child(CloneOptions::default(), child) }.map(drop)
}

/// A child waits for children of its own, and a reader that is gone must not kill it.
fn settle_child() {
    // SAFETY: sets dispositions.
    unsafe {
        libc::signal(libc::SIGCHLD, libc::SIG_DFL);
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}
