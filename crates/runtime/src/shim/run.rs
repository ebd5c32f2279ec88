//! A shim's life.

use super::make::{Made, Material, make};
use super::{ContainerOrder, Descriptors, FromShim, ToShim};
use crate::api::{Exit, ExitReason, Started};
use crate::container::{FromInit, ToInit};
use crate::failure::NotExecuted;
use crate::log::Stream;
use crate::state::{EXIT, STARTED, StateDir};
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use crate::sys::ready::{Source, wait_for_any};
use crate::sys::time::now_ms;
use rustix::event::PollFlags;
use rustix::net::{SocketFlags, accept_with};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread::sleep;
use std::time::Duration;

/// Without output for so long, memory is given back.
const QUIET: Duration = Duration::from_secs(1);

/// Between attempts to record the end, when the disk refuses: the one thing that must not be lost.
const RECORD_PACE: Duration = Duration::from_secs(1);

/// A container under supervision.
struct Shim {
    order: ContainerOrder,
    state: StateDir,
    listener: OwnedFd,
    /// The last agent that connected, as long as it is there.
    agent: Option<Channel>,
    made: Made,
    phase: Phase,
    /// OOM kills that the cgroup counted before this container.
    oom_kills_before: u64,
}

enum Phase {
    Created,
    /// Told to go; neither executed nor failed yet.
    Starting,
    Running(Started),
    Failed(NotExecuted),
}

/// What the loop waits for.
#[derive(Clone, Copy)]
enum Ready {
    FirstProcess,
    Init,
    Agent,
    Listener,
    Output(Stream),
}

/// Makes the container, supervises it to its end, records that. The result is this process's exit status.
pub(crate) fn run(order: ContainerOrder, descriptors: Descriptors<OwnedFd>) -> i32 {
    settle();
    let Descriptors { agent, listener, state, log, netns, mounts } = descriptors;
    let (agent, state) = (Channel::from(agent), StateDir::from(state));
    let oom_kills_before = order.tree.hierarchy().oom_kills(&order.group);
    match make(&order, &state, Material { log, netns, mounts }) {
        Ok(made) => {
            let agent = Some(agent);
            let mut shim =
                Shim { order, state, listener, agent, made, phase: Phase::Created, oom_kills_before };
            shim.greet();
            shim.supervise();
            shim.finish();
            0
        }
        Err(failure) => {
            // An agent that is gone finds no record of this container, and removes what is left.
            let _ = agent.send(&FromShim::CannotCreate(failure), &[]);
            1
        }
    }
}

/// A session of its own, so that the agent's terminal reaches neither this process nor the container.
fn settle() {
    // None of these can fail in a way that matters: a forked process leads no group yet, the name is for `ps`, and the
    // OOM score can be lowered only with a capability that some hosts withhold.
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"gantry-shim");
    let _ = std::fs::write("/proc/self/oom_score_adj", "-999");
}

impl Shim {
    /// Until the first process has ended.
    fn supervise(&mut self) {
        loop {
            let limit = self.made.output.can_release().then_some(QUIET);
            let Some(ready) = wait_for_any(&self.sources(), limit) else {
                self.made.output.release();
                continue;
            };
            for ready in ready {
                match ready {
                    Ready::Output(stream) => self.made.output.read(stream),
                    Ready::Init => self.hear_init(),
                    Ready::Agent => self.hear_agent(),
                    Ready::Listener => self.accept(),
                    Ready::FirstProcess => return,
                }
            }
        }
    }

    /// Output first: what was printed before the end is then mostly read before the end is seen.
    fn sources(&self) -> Vec<Source<'_, Ready>> {
        let output = self.made.output.sources().map(|(stream, fd)| (Ready::Output(stream), fd));
        let init = matches!(self.phase, Phase::Starting).then(|| (Ready::Init, self.made.init.as_fd()));
        let agent = self.agent.as_ref().map(|agent| (Ready::Agent, agent.as_fd()));
        let always =
            [(Ready::Listener, self.listener.as_fd()), (Ready::FirstProcess, self.made.child.pidfd.as_fd())];
        let all = output.chain(init).chain(agent).chain(always);
        all.map(|(name, fd)| (name, fd, PollFlags::IN)).collect()
    }

    /// The first process says why it failed, or is silent because it has become the program.
    fn hear_init(&mut self) {
        match self.made.init.receive::<FromInit>() {
            Ok(Some(heard)) => {
                if let FromInit::CannotStart(problem) = heard.message {
                    self.tell(&FromShim::CannotStart(problem.clone()), &[]);
                    self.phase = Phase::Failed(problem);
                }
            }
            Ok(None) | Err(_) => self.has_started(),
        }
    }

    fn has_started(&mut self) {
        let started = Started { pid: self.made.child.pid, started_at_ms: now_ms() };
        self.phase = Phase::Running(started);
        // The time of the start is worth less than the container: on a full disk it runs without the record.
        let _ = self.state.write(STARTED, &started);
        self.tell(&FromShim::Started(started), &[]);
    }

    fn hear_agent(&mut self) {
        match self.agent.as_ref().map(Channel::receive::<ToShim>) {
            Some(Ok(Some(heard))) => match heard.message {
                ToShim::Start => self.start(),
            },
            // The agent is gone, or speaks nonsense; the next one connects.
            _ => self.agent = None,
        }
    }

    fn start(&mut self) {
        let again = match &self.phase {
            Phase::Created => {
                // A first process that is gone shows itself by its end.
                let _ = self.made.init.send(&ToInit::Go, &[]);
                self.phase = Phase::Starting;
                return;
            }
            Phase::Starting => return,
            Phase::Running(started) => FromShim::Started(*started),
            Phase::Failed(problem) => FromShim::CannotStart(problem.clone()),
        };
        self.tell(&again, &[]);
    }

    fn accept(&mut self) {
        if let Ok(connection) = accept_with(&self.listener, SocketFlags::CLOEXEC) {
            self.agent = Some(connection.into());
            self.greet();
        }
    }

    fn greet(&mut self) {
        let started = match &self.phase {
            Phase::Running(started) => Some(*started),
            Phase::Created | Phase::Starting | Phase::Failed(_) => None,
        };
        let here = FromShim::Here { pid: self.made.child.pid, started };
        match self.made.child.pidfd.try_clone() {
            Ok(pidfd) => self.tell(&here, &[pidfd.as_fd()]),
            // Without it the agent could do nothing with the container; it may connect again.
            Err(_) => self.agent = None,
        }
    }

    fn tell(&mut self, message: &FromShim, descriptors: &[BorrowedFd<'_>]) {
        let told = self.agent.as_ref().map(|agent| agent.send(message, descriptors));
        if matches!(told, Some(Err(_))) {
            self.agent = None;
        }
    }

    /// Everything that follows the end of the first process. With the last line this process's channels close.
    fn finish(mut self) {
        let reaped = pidfd::reap(self.made.child.pidfd.as_fd());
        let finished_at_ms = now_ms();
        if matches!(self.phase, Phase::Starting) {
            self.hear_init();
        }
        self.made.output.drain();
        let hierarchy = self.order.tree.hierarchy();
        let oom_killed = hierarchy.oom_kills(&self.order.group) > self.oom_kills_before;
        // A process that cannot be killed hangs in the kernel; the container is over all the same.
        let _ = hierarchy.kill(&self.order.group);
        let status = reaped.unwrap_or(UNKNOWN);
        let (code, reason) = match self.phase {
            Phase::Running(_) => (status, None),
            Phase::Failed(problem) => (problem.code, Some(ExitReason::NotStarted(problem.message))),
            Phase::Created | Phase::Starting => (status, Some(ExitReason::NeverStarted)),
        };
        drop(self.made.stdin);
        record(&self.state, &Exit { code, oom_killed, finished_at_ms, reason });
    }
}

/// Tries until it is on disk. Only a state folder that has been removed needs no record any more.
fn record(state: &StateDir, exit: &Exit) {
    loop {
        match state.write_durably(EXIT, exit) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => sleep(RECORD_PACE),
            _ => return,
        }
    }
}

/// For a process whose status nobody can know any more: as if it had been killed.
const UNKNOWN: i32 = 128 + libc::SIGKILL;
