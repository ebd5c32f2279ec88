//! One container: what the runtime holds of it, how far it runs, and what is known of its end.

use crate::event::{ContainerExit, ExitCause};
use crate::limits::{CREATE_LIMIT_MS, KILL_AGAIN_MS, START_LIMIT_MS};
use crate::record::ContainerRecord;
use crate::resource::{Made, Resource};
use crate::task::ContainerSeen;
use crate::text::ContainerError;
use gantry_model::NodeTime;
use gantry_model::status::ContainerStatus;
use gantry_model::view::{ContainerReport, Occurrence};

/// How far a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// Not started.
    Waiting,
    /// Being started, for no longer than `until`.
    Starting { until: NodeTime },
    /// Started.
    Running,
    /// Ended, or never to be started.
    Ended,
}

/// A container.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    /// What the runtime holds.
    pub(crate) hold: Resource,
    pub(crate) run: Run,
    /// The facts of it; they survive the agent.
    pub(crate) facts: ContainerRecord,
    /// What its end means for its task, where it never ran.
    pub(crate) failure: Option<Occurrence>,
    /// When it is killed if it still runs; set once it was asked to stop.
    pub(crate) kill_at: Option<NodeTime>,
    /// The first revision of the task's record that holds its end.
    pub(crate) recorded_in: Option<u64>,
    /// The runtime was told that its end is on record.
    pub(crate) acknowledged: bool,
}

/// What stopping a container asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StopOrder {
    /// Ask it to end.
    Signal,
    /// End it.
    Kill,
}

impl Container {
    pub(crate) fn new() -> Self {
        Self::from_record(ContainerRecord::default())
    }

    /// A container of a task that was saved. What the runtime holds of it is found out later.
    pub(crate) fn from_record(facts: ContainerRecord) -> Self {
        let run = match (facts.ended, facts.started_at) {
            (true, _) => Run::Ended,
            (false, Some(_)) => Run::Running,
            (false, None) => Run::Waiting,
        };
        Self {
            hold: Resource::ABSENT,
            run,
            facts,
            failure: None,
            kill_at: None,
            recorded_in: None,
            acknowledged: false,
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.run == Run::Ended
    }

    /// Whether its program was executed.
    pub(crate) fn has_run(&self) -> bool {
        self.facts.started_at.is_some()
    }

    /// Whether to begin making it now.
    pub(crate) fn create(&mut self, now: NodeTime) -> bool {
        self.run == Run::Waiting && self.hold.make(now, CREATE_LIMIT_MS)
    }

    /// Whether it waits for its start.
    pub(crate) fn is_created(&self) -> bool {
        self.run == Run::Waiting && self.hold == Resource::Ready
    }

    pub(crate) fn start(&mut self, now: NodeTime) {
        self.run = Run::Starting { until: now.plus_ms(START_LIMIT_MS) };
    }

    /// Making it has ended.
    pub(crate) fn created(&mut self, made: Made, now: NodeTime) {
        match made {
            Made::Noted | Made::TooLate => {}
            Made::Failed(text) => self.fail(&ContainerError::CannotCreate(text), now),
        }
        if self.hold == Resource::Ready && self.facts.created_at.is_none() {
            self.facts.created_at = Some(now);
        }
    }

    /// Its image is not there. A container that was found started after a restart does without.
    pub(crate) fn without_image(&mut self, error: &ContainerError, now: NodeTime) {
        if self.run == Run::Waiting {
            self.fail(error, now);
        }
    }

    /// Starting it has failed: it ended without having run.
    pub(crate) fn not_started(&mut self, text: String, now: NodeTime) {
        if matches!(self.run, Run::Starting { .. }) {
            self.fail(&ContainerError::CannotStart(text), now);
        }
    }

    /// Its program is executed.
    pub(crate) fn started(&mut self, now: NodeTime) {
        if matches!(self.run, Run::Waiting | Run::Starting { .. }) {
            self.run = Run::Running;
            self.facts.started_at = Some(now);
        }
    }

    /// It ended; an end that is known already stays as it was.
    pub(crate) fn exited(&mut self, exit: ContainerExit, now: NodeTime) {
        // A second telling asks for a second acknowledgement.
        self.acknowledged = false;
        if self.has_ended() {
            return;
        }
        let ran = matches!(self.run, Run::Starting { .. } | Run::Running);
        match (exit.cause, ran) {
            (ExitCause::NotStarted(text), _) => return self.fail(&ContainerError::CannotStart(text), now),
            (ExitCause::NeverStarted, _) => return self.end(now),
            (ExitCause::SupervisorDied, false) => return self.fail(&ContainerError::SupervisorDied, now),
            (ExitCause::HostRestarted, false) => return self.fail(&ContainerError::HostRestarted, now),
            (ExitCause::SupervisorDied, true) => self.explain(&ContainerError::SupervisorDied),
            (ExitCause::HostRestarted, true) => self.explain(&ContainerError::HostRestarted),
            (ExitCause::Program, _) => {}
        }
        if exit.oom_killed {
            self.explain(&ContainerError::OutOfMemory);
        }
        self.started(now);
        self.facts.exit_code = Some(exit.code);
        self.end(now);
    }

    /// It is over before its program ran, or nobody knows how.
    pub(crate) fn fail(&mut self, error: &ContainerError, now: NodeTime) {
        if self.has_ended() {
            return;
        }
        self.explain(error);
        if !self.has_run() {
            self.failure = Some(error.of_task());
        }
        self.end(now);
    }

    /// The first explanation stays.
    fn explain(&mut self, error: &ContainerError) {
        self.facts.reason.get_or_insert_with(|| error.to_string());
    }

    pub(crate) fn end(&mut self, now: NodeTime) {
        self.run = Run::Ended;
        self.facts.ended = true;
        self.facts.finished_at.get_or_insert(now);
        self.kill_at = None;
    }

    /// Notices what takes too long. A start that does is killed; its end comes as an event.
    pub(crate) fn expire(&mut self, now: NodeTime) -> Option<StopOrder> {
        match self.run {
            Run::Waiting => {
                if self.hold.expire(now) {
                    self.fail(&ContainerError::CreateTimedOut, now);
                }
                None
            }
            Run::Starting { until } if now >= until => {
                self.explain(&ContainerError::StartTimedOut);
                self.failure = Some(ContainerError::StartTimedOut.of_task());
                self.run = Run::Starting { until: now.plus_ms(KILL_AGAIN_MS) };
                Some(StopOrder::Kill)
            }
            Run::Starting { .. } | Run::Running | Run::Ended => None,
        }
    }

    /// Goes on with stopping it: asks once, kills at `kill_at`, and kills again while it does not end.
    pub(crate) fn stop(&mut self, now: NodeTime, kill_at: NodeTime) -> Option<StopOrder> {
        match (self.run, self.kill_at) {
            (Run::Waiting, _) => {
                if !self.hold.is_making() {
                    self.end(now);
                }
                None
            }
            (Run::Running, None) => {
                self.kill_at = Some(kill_at);
                Some(StopOrder::Signal)
            }
            (Run::Running, Some(at)) if now >= at => {
                self.kill_at = Some(now.plus_ms(KILL_AGAIN_MS));
                Some(StopOrder::Kill)
            }
            (Run::Starting { .. } | Run::Running | Run::Ended, _) => None,
        }
    }

    /// It must be dead at this time, whatever was granted before.
    pub(crate) fn kill_by(&mut self, by: NodeTime) {
        self.kill_at = self.kill_at.map(|at| at.min(by));
    }

    /// When time alone may change what to do about it.
    pub(crate) fn wakes(&self) -> impl Iterator<Item = NodeTime> {
        let run = match self.run {
            Run::Starting { until } => Some(until),
            Run::Running => self.kill_at,
            Run::Waiting | Run::Ended => None,
        };
        run.into_iter().chain(self.hold.wake())
    }

    pub(crate) fn seen(&self) -> ContainerSeen {
        ContainerSeen {
            status: self.status(),
            exit_code: self.facts.exit_code,
            image_digest: self.facts.image_digest.clone(),
            created_at: self.facts.created_at,
            started_at: self.facts.started_at,
            finished_at: self.facts.finished_at,
        }
    }

    pub(crate) fn status(&self) -> ContainerStatus {
        match self.run {
            Run::Waiting | Run::Starting { .. } => ContainerStatus::Pending,
            Run::Running => ContainerStatus::Running,
            Run::Ended => ContainerStatus::Stopped,
        }
    }

    pub(crate) fn report(&self) -> ContainerReport {
        ContainerReport {
            status: self.status(),
            exit_code: self.facts.exit_code,
            reason: self.facts.reason.clone(),
            image_digest: self.facts.image_digest.clone(),
        }
    }
}
