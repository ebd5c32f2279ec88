//! The host of fake containers: their states, and what happens to them in time.

use super::exec::FakeExec;
use super::program::{Script, by_words};
use super::state::{Container, State};
use super::timer::Timer;
use crate::api::{
    ContainerId, ContainerSpec, CreateError, Event, EventSink, ExecError, ExecHandle, ExecSpec, Exit,
    ExitReason, Found, Phase, RuntimeError, StartError, Started, Stats,
};
use crate::log::Stream;
use crate::sys::time::now_ms;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::sleep;
use std::time::Duration;

/// The code of a process that was killed.
const KILLED: i32 = 128 + libc::SIGKILL;

/// What Docker sets for a program that is not there.
const NOT_FOUND: i32 = 127;

/// Fake containers, which outlive the runtime that made them.
pub struct FakeHost {
    script: Script,
    timer: Timer,
    /// The agent that listens, with its number: one that was replaced must not silence the one after it.
    listener: Mutex<(u64, Option<EventSink>)>,
    state: Mutex<State>,
    /// For work that is done later.
    me: Weak<FakeHost>,
}

impl FakeHost {
    /// A host without containers.
    pub fn new(script: Script) -> Arc<FakeHost> {
        Arc::new_cyclic(|me| FakeHost {
            script,
            timer: Timer::start(),
            listener: Mutex::new((0, None)),
            state: Mutex::default(),
            me: me.clone(),
        })
    }

    /// Events go there from now on. Gives the listener's number.
    pub(super) fn listen(&self, sink: EventSink) -> u64 {
        let mut listener = lock(&self.listener);
        *listener = (listener.0 + 1, Some(sink));
        listener.0
    }

    pub(super) fn stop_listening(&self, number: u64) {
        let mut listener = lock(&self.listener);
        if listener.0 == number {
            listener.1 = None;
        }
    }

    fn tell(&self, id: &ContainerId, exit: Exit) {
        if let (_, Some(sink)) = &*lock(&self.listener) {
            sink(Event::Exited { id: id.clone(), exit });
        }
    }

    pub(super) fn recover(&self) -> Vec<Found> {
        let found: Vec<Found> = {
            let state = lock(&self.state);
            let found = |(id, container): (&ContainerId, &Container)| Found {
                id: id.clone(),
                task_id: container.spec.task_id.clone(),
                phase: container.phase.clone(),
            };
            state.containers.iter().map(found).collect()
        };
        for one in &found {
            if let Phase::Ended { exit, acknowledged: false, .. } = &one.phase {
                self.tell(&one.id, exit.clone());
            }
        }
        found
    }

    pub(super) fn create(&self, spec: ContainerSpec) -> Result<(), CreateError> {
        if spec.args.is_empty() {
            return Err(CreateError::Invalid { field: "args", problem: "no command specified".into() });
        }
        let program = self.script.program(&spec);
        if let Some(text) = program.create_error {
            return Err(CreateError::Step {
                doing: "make the container".into(),
                source: io::Error::other(text),
            });
        }
        let mut state = lock(&self.state);
        if state.containers.contains_key(&spec.id) {
            return Err(CreateError::AlreadyExists(spec.id));
        }
        let id = spec.id.clone();
        let container = Container::new(spec, program).map_err(CreateError::step("open the log folder"))?;
        state.containers.insert(id, container);
        Ok(())
    }

    pub(super) fn start(&self, id: &ContainerId) -> Result<Started, StartError> {
        let program = {
            let mut state = lock(&self.state);
            let container = state.find(id).map_err(|_| StartError::NotFound(id.clone()))?;
            if container.phase != Phase::Created {
                return Err(StartError::NotCreated(id.clone()));
            }
            container.program.clone()
        };
        sleep(Duration::from_millis(program.start_ms));
        if let Some(message) = program.start_error {
            let reason = ExitReason::NotStarted(message.clone());
            self.end(id, NOT_FOUND, Some(reason));
            return Err(StartError::Exec { message, code: NOT_FOUND });
        }
        let started = self.run(id)?;
        if let Some(run_ms) = program.run_ms {
            self.end_later(id, Duration::from_millis(run_ms), program.exit_code);
        }
        Ok(started)
    }

    /// It may have been killed while it was started.
    fn run(&self, id: &ContainerId) -> Result<Started, StartError> {
        let mut state = lock(&self.state);
        let started = Started { pid: state.new_pid(), started_at_ms: now_ms() };
        let container = state.find(id).map_err(|_| StartError::NotFound(id.clone()))?;
        if let Phase::Ended { exit, .. } = &container.phase {
            return Err(StartError::Ended(exit.reason.clone().unwrap_or(ExitReason::NeverStarted)));
        }
        container.phase = Phase::Running(started);
        if let Some(log) = &mut container.log {
            for line in &container.program.output {
                log.append(Stream::Stdout, now_ms(), format!("{line}\n").as_bytes());
            }
        }
        Ok(started)
    }

    fn end_later(&self, id: &ContainerId, delay: Duration, code: i32) {
        let (host, id) = (self.me.clone(), id.clone());
        self.timer.after(delay, move || {
            if let Some(host) = host.upgrade() {
                host.end(&id, code, None);
            }
        });
    }

    /// The first end counts; later ones find nothing to end.
    fn end(&self, id: &ContainerId, code: i32, reason: Option<ExitReason>) {
        let told = {
            let mut state = lock(&self.state);
            let Ok(container) = state.find(id) else { return };
            let started = match &container.phase {
                Phase::Ended { .. } => return,
                Phase::Running(started) => Some(*started),
                Phase::Created => None,
            };
            let never = started.is_none().then_some(ExitReason::NeverStarted);
            let oom_killed = container.program.oom_killed && code == container.program.exit_code;
            let exit = Exit { code, oom_killed, finished_at_ms: now_ms(), reason: reason.or(never) };
            container.phase = Phase::Ended { started, exit: exit.clone(), acknowledged: false };
            if let Some(mut log) = container.log.take() {
                log.append(Stream::End, now_ms(), &[]);
            }
            container
                .processes
                .drain(..)
                .filter_map(|process| process.upgrade())
                .for_each(|ending| ending.set(KILLED));
            exit
        };
        // Whoever called start has the answer.
        if !matches!(told.reason, Some(ExitReason::NotStarted(_))) {
            self.tell(id, told);
        }
    }

    pub(super) fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        if !(1..=libc::SIGRTMAX()).contains(&signal) {
            return Err(RuntimeError::NoSuchSignal(signal));
        }
        let stop_ms = {
            let mut state = lock(&self.state);
            let container = state.find(id)?;
            match container.phase {
                Phase::Running(_) => container.program.stop_ms,
                Phase::Created | Phase::Ended { .. } => return Err(RuntimeError::NotRunning(id.clone())),
            }
        };
        match (signal, stop_ms) {
            (libc::SIGKILL, _) => self.end(id, KILLED, None),
            (_, Some(stop_ms)) => self.end_later(id, Duration::from_millis(stop_ms), 128 + signal),
            (_, None) => {}
        }
        Ok(())
    }

    pub(super) fn kill(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        lock(&self.state).find(id)?;
        self.end(id, KILLED, None);
        Ok(())
    }

    pub(super) fn acknowledge_exit(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        match &mut lock(&self.state).find(id)?.phase {
            Phase::Ended { acknowledged, .. } => {
                *acknowledged = true;
                Ok(())
            }
            Phase::Created | Phase::Running(_) => Err(RuntimeError::StillRunning(id.clone())),
        }
    }

    pub(super) fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let phase = match lock(&self.state).find(id) {
            Ok(container) => container.phase.clone(),
            Err(_) => return Ok(()),
        };
        match phase {
            Phase::Running(_) => return Err(RuntimeError::StillRunning(id.clone())),
            Phase::Created => self.end(id, KILLED, None),
            Phase::Ended { .. } => {}
        }
        lock(&self.state).containers.remove(id);
        Ok(())
    }

    pub(super) fn stats(&self, id: &ContainerId) -> Result<Stats, RuntimeError> {
        let mut state = lock(&self.state);
        let container = state.find(id)?;
        if matches!(container.phase, Phase::Ended { .. }) {
            return Err(RuntimeError::NotRunning(id.clone()));
        }
        Ok(Stats {
            memory_bytes: container.program.memory_bytes,
            memory_bytes_max: container.program.memory_bytes,
            memory_limit_bytes: container.spec.limits.memory_bytes_max.unwrap_or(u64::MAX),
            pids: 1,
            pids_limit: container.spec.limits.pids_max.unwrap_or(u64::MAX),
            ..Stats::default()
        })
    }

    pub(super) fn exec(
        &self,
        id: &ContainerId,
        spec: ExecSpec,
        stdio: [OwnedFd; 3],
    ) -> Result<Box<dyn ExecHandle>, ExecError> {
        if spec.args.is_empty() {
            return Err(ExecError::Invalid { field: "args", problem: "no command specified".into() });
        }
        let mut state = lock(&self.state);
        let pid = state.new_pid();
        let container = state.find(id).map_err(|_| ExecError::NotFound(id.clone()))?;
        if !matches!(container.phase, Phase::Running(_)) {
            return Err(ExecError::NotRunning(id.clone()));
        }
        let program = by_words(&spec.args).unwrap_or_default();
        if let Some(message) = program.start_error {
            return Err(ExecError::Exec { message, code: NOT_FOUND });
        }
        let process = FakeExec::start(pid, &program, spec.tty.is_some(), stdio, &self.timer);
        container.processes.push(Arc::downgrade(&process.ending()));
        Ok(Box::new(process))
    }
}

/// A thread that panicked has left these values whole: each is changed under one lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
