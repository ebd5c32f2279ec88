//! Clients and the control plane.

use super::{CLIENT_PAUSE_MS_MAX, Event, World};
use crate::agent::Agent;
use crate::check::Violation;
use crate::network::ConnectionId;
use crate::plane::{Plane, Progress, Shown, ToAgent, ToPlane, decode};
use gantry_model::change::JournalEntry;
use gantry_model::record::Installation;
use gantry_orchestrator::LEASE_MS;
use gantry_store::{HistoryQuery, HistoryReader, Order};

/// The tag of the one installation.
pub(super) const INSTALLATION: &str = "51a1";

/// Longest that a sync of the control plane's disk takes.
const SYNC_MS_MAX: u64 = 25;

impl World {
    pub(super) fn client_acts(&mut self) -> Result<(), Violation> {
        if !self.stormy {
            return Ok(());
        }
        let pause = self.random.between(10, CLIENT_PAUSE_MS_MAX);
        self.after(pause, Event::ClientActs);
        let Some(plane) = &mut self.plane else { return Ok(()) };
        let Some((id, request)) = self.clients.next(&plane.shown, &mut self.random) else { return Ok(()) };
        let action = request.command.action();
        let taken = plane.request(id, request);
        self.say(format!(
            "client asks {id} {action}{}",
            if taken { "" } else { ": refused, the queue is full" }
        ));
        self.work_soon(0);
        Ok(())
    }

    pub(super) fn plane_starts(&mut self) -> Result<(), Violation> {
        let last_seq = self.checks.durable_seq();
        let mut plane = Plane::start(&self.disk, self.now());
        self.checks.restarted(plane.shown.seq(), &self.entries_after(last_seq)?)?;
        if plane.shown.seq() == 0 {
            plane.install(Installation {
                tag: INSTALLATION.to_owned(),
                vpc_cidr: "172.31.0.0/16".to_owned(),
                ..Installation::default()
            });
            for (id, request) in self.clients.definitions() {
                plane.request(id, request);
            }
        }
        self.checks.shown(&plane.shown)?;
        self.say(format!("control plane starts at entry {}", plane.shown.seq()));
        self.plane = Some(plane);
        self.plane_life += 1;
        self.work_planned_ms = None;
        self.work_soon(0);
        Ok(())
    }

    /// What became durable without anybody being told: written before a crash, whole on the disk after it.
    fn entries_after(&self, seq: u64) -> Result<Vec<JournalEntry>, Violation> {
        let query = HistoryQuery { after_seq: Some(seq), ..HistoryQuery::all(Order::OldestFirst) };
        let page = self.disk.history(&query).map_err(|error| error.to_string())?;
        Ok(page.entries.iter().map(decode).collect())
    }

    /// Plans the next batch, unless one is planned before.
    pub(super) fn work_soon(&mut self, at_ms: u64) {
        let at_ms = at_ms.max(self.now_ms + 1);
        if self.work_planned_ms.is_some_and(|planned| planned <= at_ms && planned > self.now_ms) {
            return;
        }
        self.work_planned_ms = Some(at_ms);
        self.queue.at(at_ms, Event::PlaneWorks { life: self.plane_life });
    }

    pub(super) fn plane_works(&mut self) -> Result<(), Violation> {
        loop {
            let (now, entropy) = (self.now(), self.random.seed());
            let Some(plane) = &mut self.plane else { return Ok(()) };
            match plane.advance(now, entropy) {
                Progress::Wait(wake_ms) => {
                    let syncing = plane.is_writing();
                    if let Some(wake_ms) = wake_ms.filter(|wake_ms| *wake_ms > self.now_ms || !syncing) {
                        self.work_soon(wake_ms);
                    }
                    return Ok(());
                }
                Progress::Writing => {
                    let ms = self.random.between(1, SYNC_MS_MAX);
                    self.after(ms, Event::PlaneSyncs { life: self.plane_life });
                }
                Progress::Show(shown) => self.show(shown)?,
                Progress::Failed => return self.plane_dies("its disk refuses"),
            }
        }
    }

    pub(super) fn plane_syncs(&mut self) -> Result<(), Violation> {
        let Some(plane) = &mut self.plane else { return Ok(()) };
        let Some(entries) = plane.sync() else { return self.plane_dies("its disk fails") };
        for (entry, shown) in entries {
            let actions: Vec<&str> = entry.steps.iter().map(|step| step.cause.action.as_str()).collect();
            self.say(format!("entry {} is durable: {}", entry.seq, actions.join(" ")));
            self.checks.committed(&[entry])?;
            self.show(shown)?;
        }
        self.work_soon(0);
        Ok(())
    }

    fn show(&mut self, shown: Shown) -> Result<(), Violation> {
        self.checks.shown(&shown.state)?;
        let lived = |agent: &Option<Agent>| {
            agent.as_ref().is_some_and(|agent| agent.born_ms + LEASE_MS <= self.now_ms)
        };
        let watched: Vec<bool> = self.agents.iter().map(lived).collect();
        self.checks.machines(&shown.state, &self.machines, &watched)?;
        for (id, reply) in shown.answers {
            if let Ok(reply) = &reply {
                self.checks.answered(reply)?;
            }
            // An answer may be lost on its way: the client then knows nothing, and may ask again.
            let lost = self.stormy && self.random.percent(5);
            self.say(format!("answer {id}{}: {}", if lost { " is lost" } else { "" }, summary(&reply)));
            if !lost {
                self.clients.answered(id, reply);
            }
        }
        for (connection, message) in shown.messages {
            self.send_to_agent(connection, message);
        }
        Ok(())
    }

    pub(super) fn plane_hears(
        &mut self,
        connection: ConnectionId,
        message: ToPlane,
    ) -> Result<(), Violation> {
        let Some(plane) = &mut self.plane else { return Ok(()) };
        let answer = plane.hear(connection, message);
        if let Some(answer) = answer {
            self.send_to_agent(connection, answer);
        }
        self.work_soon(0);
        Ok(())
    }

    pub(super) fn plane_loses(&mut self, connection: ConnectionId) -> Result<(), Violation> {
        if let Some(plane) = &mut self.plane {
            plane.disconnected(connection);
            self.work_soon(0);
        }
        Ok(())
    }

    pub(super) fn send_to_agent(&mut self, connection: ConnectionId, message: ToAgent) {
        let Some(machine) = self.connections.get(&connection).copied() else { return };
        if self.now_ms < self.cut_until_ms[machine] {
            return;
        }
        for ms in self.weather.arrivals(&mut self.random) {
            self.after(ms, Event::ToAgent(connection, message.clone()));
        }
    }

    /// The process ends; every connection breaks, and it is started again after a while.
    pub(super) fn plane_dies(&mut self, why: &str) -> Result<(), Violation> {
        self.say(format!("control plane dies: {why}"));
        self.plane = None;
        self.plane_life += 1;
        self.connections.clear();
        for agent in self.agents.iter_mut().flatten() {
            agent.connection = None;
        }
        let ms = self.random.between(50, 8_000);
        self.after(ms, Event::PlaneStarts);
        Ok(())
    }
}

fn summary(
    reply: &Result<gantry_orchestrator::command::Reply, gantry_orchestrator::command::Refusal>,
) -> String {
    use gantry_orchestrator::command::Reply;
    match reply {
        Ok(Reply::Tasks { tasks, failures }) => {
            let ids: Vec<String> = tasks.iter().map(|task| task.id.to_string()).collect();
            format!("tasks {} and {} failures", ids.join(" "), failures.len())
        }
        Ok(Reply::Task(task)) => format!("task {} desired {}", task.id, task.desired.status),
        Ok(Reply::Cluster(_) | Reply::TaskDefinition(_) | Reply::Session(_) | Reply::Done) => {
            "done".to_owned()
        }
        Err(refusal) => refusal.to_string(),
    }
}
