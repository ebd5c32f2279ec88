//! The agent of a machine, as the shell of the product drives an engine: sessions, reports until they are acknowledged, and
//! the end of the lease.

use crate::network::ConnectionId;
use crate::plane::{ToAgent, ToPlane};
use gantry_engine::{Action, Engine, Event};
use gantry_model::view::{NodeReport, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeMap;

/// How often an agent lets itself be heard.
pub(crate) const HEARTBEAT_MS: u64 = 2_000;

/// Before the lease ends at the control plane, tasks that may never run twice must be gone here.
const LEASE_MARGIN_MS: u64 = 2_000;

/// How long an agent waits for a welcome before it connects again.
pub(crate) const WELCOME_LIMIT_MS: u64 = 3_000;

/// How long the control plane may be silent, heartbeats being answered, before the agent takes the connection for dead.
const SILENCE_LIMIT_MS: u64 = gantry_orchestrator::LEASE_MS;

/// How long a report waits for its acknowledgement before it is sent again.
const REPORT_AGAIN_MS: u64 = 1_000;

pub(crate) struct Agent {
    /// Which process: what was planned for an earlier one does not happen.
    pub(crate) life: u64,
    pub(crate) born_ms: u64,
    pub(crate) engine: Engine,
    /// When its machine was booted: node time begins there.
    booted_at_ms: u64,
    pub(crate) connection: Option<ConnectionId>,
    heard_at_ms: u64,
    /// When the engine wants to be woken.
    pub(crate) tick_at_ms: Option<u64>,
    welcomed: bool,
    /// What is known of each task and not acknowledged yet, with the report that carried it last.
    pending: BTreeMap<TaskId, (TaskReport, u64)>,
    sequence: u64,
    sent_at_ms: u64,
    beats: BTreeMap<u64, u64>,
    beat: u64,
    /// When a heartbeat was sent that the control plane is known to have heard.
    lease_from_ms: u64,
}

impl Agent {
    pub(crate) fn new(life: u64, engine: Engine, booted_at_ms: u64, now_ms: u64) -> Self {
        Self {
            life,
            born_ms: now_ms,
            engine,
            booted_at_ms,
            connection: None,
            heard_at_ms: 0,
            tick_at_ms: None,
            welcomed: false,
            pending: BTreeMap::new(),
            sequence: 0,
            sent_at_ms: 0,
            beats: BTreeMap::new(),
            beat: 0,
            lease_from_ms: now_ms,
        }
    }

    /// A new connection: everything about the last one is forgotten, nothing that is owed.
    pub(crate) fn connect(&mut self, connection: ConnectionId, now_ms: u64) {
        self.connection = Some(connection);
        self.heard_at_ms = now_ms;
        self.welcomed = false;
        self.beats.clear();
        self.sent_at_ms = 0;
    }

    /// Whether it is time for another connection.
    pub(crate) fn wants_connection(&self, now_ms: u64) -> bool {
        let patience_ms = if self.welcomed { SILENCE_LIMIT_MS } else { WELCOME_LIMIT_MS };
        self.connection.is_none() || now_ms >= self.heard_at_ms + patience_ms
    }

    /// Notes a report of the engine; the latest of a task is the one that counts.
    pub(crate) fn note(&mut self, report: TaskReport) {
        self.pending.insert(report.task, (report, 0));
    }

    /// A message arrives: what the engine hears of it.
    pub(crate) fn receive(&mut self, message: ToAgent, installation: &str, now_ms: u64) -> Option<Event> {
        self.heard_at_ms = now_ms;
        match message {
            ToAgent::Welcome => {
                self.welcomed = true;
                Some(Event::SessionStarted { installation: installation.to_owned() })
            }
            ToAgent::Refused => {
                self.connection = None;
                None
            }
            ToAgent::Assignments(update) => Some(Event::Assignments(update)),
            ToAgent::ReportAck(sequence) => {
                self.pending.retain(|_, (_, carried_by)| *carried_by == 0 || *carried_by > sequence);
                None
            }
            ToAgent::HeartbeatAck(beat) => {
                if let Some(sent_at_ms) = self.beats.remove(&beat) {
                    self.lease_from_ms = self.lease_from_ms.max(sent_at_ms);
                }
                None
            }
        }
    }

    /// What it has to say now.
    pub(crate) fn speak(&mut self, now_ms: u64) -> Vec<ToPlane> {
        if !self.welcomed {
            return Vec::new();
        }
        self.beat += 1;
        self.beats.insert(self.beat, now_ms);
        let beat = std::iter::once(ToPlane::Heartbeat(self.beat));
        beat.chain(self.report(now_ms)).collect()
    }

    /// A report of everything that is owed: at once where something is new, else again after a while.
    pub(crate) fn report(&mut self, now_ms: u64) -> Option<ToPlane> {
        let fresh = self.pending.values().any(|(_, carried_by)| *carried_by == 0);
        let again = now_ms >= self.sent_at_ms + REPORT_AGAIN_MS;
        if !self.welcomed || self.pending.is_empty() || !(fresh || again) {
            return None;
        }
        self.sequence += 1;
        self.sent_at_ms = now_ms;
        for (_, carried_by) in self.pending.values_mut() {
            *carried_by = self.sequence;
        }
        let tasks = self.pending.values().map(|(report, _)| report.clone()).collect();
        Some(ToPlane::Report(NodeReport { sequence: self.sequence, sent_at: self.node_time(now_ms), tasks }))
    }

    /// Whether the lease may end at the control plane before a next heartbeat is heard there. Said again until it is renewed:
    /// a task that comes while the lease ends must not outlive it either.
    pub(crate) fn lease_ending(&self, now_ms: u64) -> Option<Event> {
        let kill_by_ms = self.lease_from_ms + gantry_orchestrator::LEASE_MS - LEASE_MARGIN_MS;
        let ending = now_ms + 2 * HEARTBEAT_MS >= kill_by_ms;
        ending.then(|| Event::LeaseEnding { kill_by: self.node_time(kill_by_ms) })
    }

    /// Lets the engine take a step.
    pub(crate) fn step(&mut self, event: Event, now_ms: u64) -> Vec<Action> {
        self.engine.step(event, self.node_time(now_ms))
    }

    /// The machine's time at a virtual millisecond.
    pub(crate) fn node_time(&self, now_ms: u64) -> NodeTime {
        NodeTime(now_ms.saturating_sub(self.booted_at_ms))
    }

    /// The virtual millisecond of an instant of the machine.
    pub(crate) fn virtual_ms(&self, at: NodeTime) -> u64 {
        at.0 + self.booted_at_ms
    }
}
