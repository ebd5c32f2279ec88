//! The process that makes and watches one further process of a container.

use super::join::{FromChild, Joining, join};
use super::watch::{Screen, Watch};
use super::{ExecOrder, FromExec};
use crate::container::Process;
use crate::failure::{Doing, Failure, NotExecuted};
use crate::state::{Plan, SPEC, StateDir};
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use crate::sys::process::{Child, CloneOptions, clone_child, keep_only};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// What comes with the order.
struct Given {
    first: OwnedFd,
    state: StateDir,
    stdio: [OwnedFd; 3],
}

enum Problem {
    NotExecuted(NotExecuted),
    Failed(Failure),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        Problem::Failed(failure)
    }
}

/// Runs the process to its end. The result is this process's exit status.
pub(crate) fn supervise(order: ExecOrder, list: Vec<OwnedFd>) -> i32 {
    // As for shims: the session keeps the agent's terminal away, the name is for `ps`.
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"gantry-exec");
    let Ok([agent, first, state, stdin, stdout, stderr]) = <[OwnedFd; 6]>::try_from(list) else { return 1 };
    let given = Given { first, state: state.into(), stdio: [stdin, stdout, stderr] };
    let agent = Channel::from(agent);
    let last_word = match run(&order, given, &agent) {
        Ok(code) => FromExec::Ended { code },
        Err(Problem::NotExecuted(problem)) => FromExec::CannotStart(problem),
        Err(Problem::Failed(failure)) => FromExec::Failed(failure),
    };
    // An agent that is gone needs no answer.
    let _ = agent.send(&last_word, &[]);
    0
}

fn run(order: &ExecOrder, given: Given, agent: &Channel) -> Result<i32, Problem> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    let plan = given.state.read::<Plan>(SPEC).and_then(|plan| plan.ok_or_else(absent));
    let plan = plan.doing("read the container's specification")?;
    let process = Process::of_exec(&plan.spec, &order.spec);
    join(&given.first, libc::CLONE_NEWPID).doing("enter the process namespace")?;
    let (channel, inner) = Channel::pair().doing("make a channel")?;
    let joining =
        Joining { order, process: &process, first: &given.first, stdio: &given.stdio, channel: inner };
    let child = make(joining).doing("make the process")?;
    let master = await_execution(&channel, &child)?;
    let screen = screen(order, master, given.stdio).doing("connect the terminal")?;
    let running = FromExec::Running { pid: child.pid };
    agent.send(&running, &[child.pidfd.as_fd()]).doing("tell the agent")?;
    Watch { child: &child, agent: Some(agent), screen, ended: false }.run();
    Ok(pidfd::reap(child.pidfd.as_fd()).doing("learn how the process ended")?)
}

fn make(joining: Joining<'_>) -> io::Result<Child> {
    let ExecOrder { tree, group, .. } = joining.order;
    let birthplace = tree.hierarchy().birthplace(group)?;
    let options = CloneOptions { namespaces: 0, cgroup: birthplace.as_ref().map(AsFd::as_fd) };
    let body = move || {
        // SAFETY: no other descriptor is used in this process, which never returns into the supervisor's code.
        if unsafe { keep_only(&joining.descriptors()) }.is_ok() {
            let problem = joining.become_program();
            // A supervisor that is gone needs no answer.
            let _ = joining.channel.send(&FromChild::CannotStart(problem), &[]);
        }
        1
    };
    // SAFETY: a supervisor has one thread.
    unsafe { clone_child(options, body) }
}

/// Until the program is executed, which closes the channel. Gives back the master side of its terminal.
fn await_execution(channel: &Channel, child: &Child) -> Result<Option<OwnedFd>, Problem> {
    let mut master = None;
    while let Some(heard) = channel.receive::<FromChild>().doing("hear the process")? {
        match heard.message {
            FromChild::Terminal => master = heard.descriptors.into_iter().next(),
            FromChild::CannotStart(problem) => {
                // It ends by itself; its status says nothing that the problem does not.
                let _ = pidfd::reap(child.pidfd.as_fd());
                return Err(Problem::NotExecuted(problem));
            }
        }
    }
    Ok(master)
}

/// Without a terminal the process has its own copies of the streams, and its end must be theirs: ours are dropped.
fn screen(order: &ExecOrder, master: Option<OwnedFd>, stdio: [OwnedFd; 3]) -> io::Result<Option<Screen>> {
    let (Some(master), Some(size)) = (master, order.spec.tty) else { return Ok(None) };
    let [stdin, stdout, _] = stdio;
    let screen = Screen::new(master, stdin, stdout)?;
    screen.resize(size);
    Ok(Some(screen))
}
