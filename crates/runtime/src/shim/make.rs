//! A shim's first work: the container's first process, with everything around it.

use super::ContainerOrder;
use super::output::Output;
use crate::container::{self, FromInit, Inherited};
use crate::failure::{Doing, Failure};
use crate::log::{LogWriter, Stream};
use crate::state::{PID, StateDir};
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use crate::sys::process::{Child, CloneOptions, ProcessName, clone_child, keep_only};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::pipe::{PipeFlags, pipe_with};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Namespaces that every container has of its own, besides those for its cgroup and its network.
const NAMESPACES: i32 = libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWUTS | libc::CLONE_NEWIPC;

/// A container that waits for the word to go.
pub(super) struct Made {
    pub(super) child: Child,
    pub(super) init: Channel,
    pub(super) output: Output,
    /// Held open for a container that is interactive.
    pub(super) stdin: Option<OwnedFd>,
}

/// What goes into it.
pub(super) struct Material {
    pub(super) log: OwnedFd,
    pub(super) netns: Option<OwnedFd>,
    pub(super) mounts: Vec<OwnedFd>,
}

/// Both ends of the container's standard streams.
struct Pipes {
    inside: [OwnedFd; 3],
    stdin: Option<OwnedFd>,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

/// The record of the first process is written before that may run anything of the image.
pub(super) fn make(order: &ContainerOrder, state: &StateDir, material: Material) -> Result<Made, Failure> {
    state.reserve_exit().doing("reserve room for the record of the end")?;
    let log = LogWriter::open(material.log, order.log).doing("open the log")?;
    let pipes = pipes(order.interactive).doing("make pipes")?;
    let (init, inner) = Channel::pair().doing("make a channel")?;
    let inherited = Inherited {
        order: order.clone(),
        state: state.as_fd().try_clone_to_owned().doing("copy a descriptor")?.into(),
        channel: inner,
        netns: material.netns,
        mounts: material.mounts,
        stdio: pipes.inside,
    };
    let child = clone_init(inherited).doing("make the first process")?;
    let master = await_ready(&init, &child)?;
    let name = ProcessName::of(child.pid).doing("identify the first process")?;
    state.write(PID, &name).doing("record the first process")?;
    let sources = match master {
        Some(master) => vec![(Stream::Stdout, master)],
        None => vec![(Stream::Stdout, pipes.stdout), (Stream::Stderr, pipes.stderr)],
    };
    let output = Output::new(sources, log).doing("get memory for output")?;
    Ok(Made { child, init, output, stdin: pipes.stdin })
}

/// A terminal takes the place of all three later.
fn pipes(interactive: bool) -> io::Result<Pipes> {
    let (stdin_inside, stdin) = if interactive {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        (read, Some(write))
    } else {
        (openat(CWD, "/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?, None)
    };
    let (stdout, stdout_inside) = pipe_with(PipeFlags::CLOEXEC)?;
    let (stderr, stderr_inside) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok(Pipes { inside: [stdin_inside, stdout_inside, stderr_inside], stdin, stdout, stderr })
}

fn clone_init(inherited: Inherited) -> io::Result<Child> {
    let birthplace = inherited.order.tree.hierarchy().birthplace(&inherited.order.group)?;
    let options = CloneOptions { namespaces: NAMESPACES, cgroup: birthplace.as_ref().map(AsFd::as_fd) };
    let body = move || {
        // SAFETY: nothing but `inherited` is used in this process, which never returns into the shim's code.
        match unsafe { keep_only(&inherited.descriptors()) } {
            Ok(()) => container::run(inherited),
            Err(_) => 1,
        }
    };
    // SAFETY: a shim has one thread.
    unsafe { clone_child(options, body) }
}

/// The first process is made, or says why not. Gives back the master side of its terminal, if it has one.
fn await_ready(init: &Channel, child: &Child) -> Result<Option<OwnedFd>, Failure> {
    let failure = match init.receive::<FromInit>().doing("hear the first process")? {
        Some(heard) => match heard.message {
            FromInit::Ready => return Ok(heard.descriptors.into_iter().next()),
            FromInit::CannotCreate(failure) => Some(failure),
            FromInit::CannotStart(_) => None,
        },
        None => None,
    };
    // Reaped first, so that its cgroup can be removed.
    let status = pidfd::reap(child.pidfd.as_fd()).doing("reap the first process")?;
    let unexplained = || io::Error::other(format!("its first process ended with {status}"));
    Err(failure.unwrap_or_else(|| Failure::new("make the container", &unexplained())))
}
