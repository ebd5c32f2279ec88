//! Agents and their machines: what engines ask for, and what comes of it.

use super::control::INSTALLATION;
use super::{Event, World};
use crate::agent::{Agent, HEARTBEAT_MS};
use crate::check::Violation;
use crate::machine::{Container, ContainerName};
use crate::network::ConnectionId;
use crate::plane::{ToAgent, ToPlane};
use gantry_engine::{
    Action, ContainerExit, Engine, Event as EngineEvent, ExitCause, Failure, Found, PulledImage,
};
use gantry_model::{NodeTime, Resources, TaskId};
use gantry_orchestrator::NodeInfo;

/// Longest that an action takes.
const ACTION_MS_MAX: u64 = 40;

/// Longest that a program runs that ends by itself.
const PROGRAM_MS_MAX: u64 = 20_000;

impl World {
    pub(super) fn agent_starts(&mut self, machine: usize) -> Result<(), Violation> {
        if self.agents[machine].is_some() {
            return Ok(());
        }
        self.lives += 1;
        let (life, now_ms) = (self.lives, self.now_ms);
        let host = &mut self.machines[machine];
        let before_boot = host.disk.before_boot(host.boot);
        let node_time = NodeTime(now_ms - host.booted_at_ms);
        let records = host.disk.tasks.values().cloned().collect();
        let engine = Engine::restore(host.disk.node.clone().unwrap_or_default(), records, node_time);
        host.sweep();
        let containers = host.inventory();
        let agent = Agent::new(life, engine, host.booted_at_ms, now_ms);
        self.agents[machine] = Some(agent);
        self.say(format!(
            "agent {machine} starts, {} tasks are from before the boot, containers: {}",
            before_boot.len(),
            containers.len()
        ));
        self.agent_steps(machine, life, EngineEvent::Recovered { before_boot, containers })?;
        self.after(1, Event::AgentBeats { machine, life });
        Ok(())
    }

    /// The agent's clock: a new connection where there is none, a heartbeat where there is, and the lease.
    pub(super) fn agent_beats(&mut self, machine: usize, life: u64) -> Result<(), Violation> {
        let now_ms = self.now_ms;
        let Some(agent) = self.agents[machine].as_mut().filter(|agent| agent.life == life) else {
            return Ok(());
        };
        if agent.wants_connection(now_ms) {
            self.connect(machine);
        } else {
            let messages = agent.speak(now_ms);
            let connection = agent.connection;
            for message in messages {
                self.send_to_plane(machine, connection.expect("it was welcomed on one"), message);
            }
        }
        let ending = self.agents[machine].as_ref().and_then(|agent| agent.lease_ending(now_ms));
        if let Some(ending) = ending {
            self.agent_steps(machine, life, ending)?;
        }
        let pause = self.random.between(HEARTBEAT_MS / 2, HEARTBEAT_MS);
        self.after(pause, Event::AgentBeats { machine, life });
        Ok(())
    }

    fn connect(&mut self, machine: usize) {
        self.lives += 1;
        let connection = ConnectionId(self.lives);
        self.connections.insert(connection, machine);
        let now_ms = self.now_ms;
        if let Some(agent) = &mut self.agents[machine] {
            agent.connect(connection, now_ms);
        }
        let info = NodeInfo {
            id: self.machines[machine].id,
            name: format!("machine-{machine}"),
            capacity: Resources { cpu_units: 4096, memory_mib: 8192, enis: 40, gpus: 0 },
            cpu_overcommit_percent: 100,
            zones: Vec::new(),
            cpu_architecture: "X86_64".to_owned(),
            agent_version: "sim".to_owned(),
        };
        self.send_to_plane(machine, connection, ToPlane::Hello(info));
    }

    /// Says something on the connection that there is, if there is one.
    fn tell_plane(&mut self, machine: usize, message: ToPlane) {
        if let Some(connection) = self.agents[machine].as_ref().and_then(|agent| agent.connection) {
            self.send_to_plane(machine, connection, message);
        }
    }

    pub(super) fn send_to_plane(&mut self, machine: usize, connection: ConnectionId, message: ToPlane) {
        if self.now_ms < self.cut_until_ms[machine] {
            return;
        }
        for ms in self.weather.arrivals(&mut self.random) {
            self.after(ms, Event::ToPlane(connection, message.clone()));
        }
    }

    pub(super) fn agent_hears(
        &mut self,
        connection: ConnectionId,
        message: ToAgent,
    ) -> Result<(), Violation> {
        let Some(machine) = self.connections.get(&connection).copied() else { return Ok(()) };
        if self.now_ms < self.cut_until_ms[machine] {
            return Ok(());
        }
        let Some(agent) = self.agents[machine].as_mut().filter(|agent| agent.connection == Some(connection))
        else {
            return Ok(());
        };
        let life = agent.life;
        match agent.receive(message, INSTALLATION, self.now_ms) {
            Some(event) => self.agent_steps(machine, life, event)?,
            None => return Ok(()),
        }
        let ending = self.agents[machine].as_ref().and_then(|agent| agent.lease_ending(self.now_ms));
        ending.map_or(Ok(()), |ending| self.agent_steps(machine, life, ending))
    }

    pub(super) fn agent_ticks(&mut self, machine: usize, life: u64, at_ms: u64) -> Result<(), Violation> {
        let awaited = self.agents[machine].as_ref().is_some_and(|agent| agent.tick_at_ms == Some(at_ms));
        if awaited { self.agent_steps(machine, life, EngineEvent::Tick) } else { Ok(()) }
    }

    /// The engine takes a step; its actions are begun in order, unless the agent dies among them.
    pub(super) fn agent_steps(
        &mut self,
        machine: usize,
        life: u64,
        event: EngineEvent,
    ) -> Result<(), Violation> {
        let now_ms = self.now_ms;
        let Some(agent) = self.agents[machine].as_mut().filter(|agent| agent.life == life) else {
            return Ok(());
        };
        for action in agent.step(event, now_ms) {
            if self.dies_now(machine) {
                return Ok(());
            }
            self.begin(machine, life, action);
        }
        let report =
            self.agents[machine].as_mut().and_then(|agent| Some((agent.connection?, agent.report(now_ms)?)));
        if let Some((connection, report)) = report {
            self.send_to_plane(machine, connection, report);
        }
        Ok(())
    }

    fn dies_now(&mut self, machine: usize) -> bool {
        let Some(left) = self.dying.get_mut(&machine) else { return false };
        *left -= 1;
        if *left > 0 {
            return false;
        }
        self.agent_dies(machine, "killed within a step");
        true
    }

    fn begin(&mut self, machine: usize, life: u64, action: Action) {
        let host = &mut self.machines[machine];
        match action {
            Action::Save { record, revision, durable } => {
                let task = record.task.id;
                let boot = host.boot;
                host.disk.save(task, record, boot);
                if durable {
                    let ms = self.random.between(1, ACTION_MS_MAX);
                    self.after(ms, Event::RecordSynced { machine, boot, task, life, revision });
                }
            }
            Action::SaveNode(record) => host.disk.node = Some(record),
            Action::Forget { task } => host.disk.forget(task),
            Action::Applied { generation } => self.tell_plane(machine, ToPlane::Applied(generation)),
            Action::Resync => self.tell_plane(machine, ToPlane::Resync),
            Action::Report(report) => {
                if let Some(agent) = &mut self.agents[machine] {
                    agent.note(report);
                }
            }
            Action::WakeAt(at) => self.wake_at(machine, life, at),
            Action::Attach { .. }
            | Action::Detach { .. }
            | Action::MakeFiles { .. }
            | Action::RemoveFiles { .. }
            | Action::Pull { .. }
            | Action::Create { .. }
            | Action::Start { .. }
            | Action::Signal { .. }
            | Action::Kill { .. }
            | Action::AcknowledgeExit { .. }
            | Action::Remove { .. } => {
                let at_ms = self.in_turn(machine, &action);
                self.queue.at(at_ms, Event::Effect { machine, life, action });
            }
        }
    }

    /// When an action takes effect: what concerns one thing happens in the order in which it was asked for.
    fn in_turn(&mut self, machine: usize, action: &Action) -> u64 {
        let earliest_ms = self.now_ms + self.random.between(1, ACTION_MS_MAX);
        let last_ms = self.turns.entry((machine, thing(action))).or_default();
        *last_ms = earliest_ms.max(*last_ms + 1);
        *last_ms
    }

    fn wake_at(&mut self, machine: usize, life: u64, at: Option<NodeTime>) {
        let now_ms = self.now_ms;
        let Some(agent) = &mut self.agents[machine] else { return };
        let at_ms = at.map(|at| agent.virtual_ms(at).max(now_ms));
        agent.tick_at_ms = at_ms;
        if let Some(at_ms) = at_ms {
            self.queue.at(at_ms, Event::AgentTicks { machine, life, at_ms });
        }
    }

    pub(super) fn record_synced(
        &mut self,
        machine: usize,
        boot: u64,
        task: TaskId,
        life: u64,
        revision: u64,
    ) -> Result<(), Violation> {
        if self.machines[machine].boot != boot {
            return Ok(());
        }
        self.machines[machine].disk.sync(task);
        self.agent_steps(machine, life, EngineEvent::Saved { task, revision })
    }

    /// An action takes effect; its result reaches the agent a moment later, if it still lives then.
    pub(super) fn effect(&mut self, machine: usize, life: u64, action: Action) -> Result<(), Violation> {
        if self.agents[machine].as_ref().is_none_or(|agent| agent.life != life) {
            return Ok(());
        }
        self.say(format!("machine {machine}: {action:?}"));
        let event = match action {
            Action::Attach { task } => {
                self.machines[machine].networks.insert(task);
                EngineEvent::Attached { task, result: self.mostly_ok() }
            }
            Action::Detach { task } => {
                self.machines[machine].networks.remove(&task);
                EngineEvent::Detached { task, result: self.mostly_ok() }
            }
            Action::MakeFiles { task } => {
                self.machines[machine].files.insert(task);
                EngineEvent::FilesMade { task, result: self.mostly_ok() }
            }
            Action::RemoveFiles { task } => {
                self.machines[machine].files.remove(&task);
                EngineEvent::FilesRemoved { task, result: self.mostly_ok() }
            }
            Action::Pull { task, image } => {
                let image_there = if image == "no-image" {
                    Err(never("no such image"))
                } else {
                    Ok(PulledImage::default())
                };
                EngineEvent::Pulled { task, image, result: image_there }
            }
            Action::Create { task, container } => {
                let result = self.create(machine, &(task, container.clone()));
                EngineEvent::Created { task, container, result }
            }
            Action::Start { task, container } => {
                let result = self.start(machine, &(task, container.clone()))?;
                EngineEvent::Started { task, container, result }
            }
            Action::Signal { task, container, signal } => {
                return self.signal(machine, (task, container), signal);
            }
            Action::Kill { task, container } => {
                let boot = self.machines[machine].boot;
                self.checks.disturbed.insert(task);
                return self.container_ends(machine, boot, &(task, container), 137);
            }
            Action::AcknowledgeExit { task, container } => {
                if let Some(container) = self.machines[machine].containers.get_mut(&(task, container)) {
                    container.acknowledged = true;
                }
                return Ok(());
            }
            Action::Remove { task, container } => {
                let result = self.remove(machine, &(task, container.clone()));
                EngineEvent::Removed { task, container, result }
            }
            Action::Save { .. }
            | Action::SaveNode(_)
            | Action::Applied { .. }
            | Action::Resync
            | Action::Report(_)
            | Action::Forget { .. }
            | Action::WakeAt(_) => return Ok(()),
        };
        self.tell(machine, event);
        Ok(())
    }

    /// Tells the agent that lives now, a moment later.
    pub(super) fn tell(&mut self, machine: usize, event: EngineEvent) {
        let Some(life) = self.agents[machine].as_ref().map(|agent| agent.life) else { return };
        let ms = self.random.between(0, 5);
        self.after(ms, Event::Heard { machine, life, event });
    }

    /// Small things fail now and then and may be tried again.
    fn mostly_ok(&mut self) -> Result<(), Failure> {
        let fails = self.stormy && self.random.percent(3);
        if fails { Err(Failure { text: "a passing fault".to_owned(), retryable: true }) } else { Ok(()) }
    }

    fn image(&self, machine: usize, name: &ContainerName) -> String {
        let record = self.machines[machine].disk.tasks.get(&name.0);
        let container = record.and_then(|record| record.task.containers.iter().find(|c| c.name == name.1));
        container.map_or_else(String::new, |container| container.image.clone())
    }

    fn create(&mut self, machine: usize, name: &ContainerName) -> Result<(), Failure> {
        if self.image(machine, name) == "no-create" {
            return Err(never("it cannot be made"));
        }
        let fresh = || Container { state: Found::Created, acknowledged: false };
        let container = self.machines[machine].containers.entry(name.clone()).or_insert_with(fresh);
        if container.state == Found::Created { Ok(()) } else { Err(never("it is there already")) }
    }

    fn start(&mut self, machine: usize, name: &ContainerName) -> Result<Result<(), Failure>, Violation> {
        let image = self.image(machine, name);
        let host = &mut self.machines[machine];
        let Some(container) = host.containers.get_mut(name) else { return Ok(Err(never("it is not there"))) };
        match &container.state {
            Found::Running => return Ok(Ok(())),
            Found::Ended(_) => return Ok(Err(never("it has ended"))),
            Found::Created => {}
        }
        if image == "no-start" {
            let cause = ExitCause::NotStarted("no such file".to_owned());
            container.state = Found::Ended(ContainerExit { code: 127, oom_killed: false, cause });
            return Ok(Err(never("no such file")));
        }
        container.state = Found::Running;
        let boot = host.boot;
        let times = host.starts.entry(name.clone()).or_default();
        *times += 1;
        self.checks.started(name.0, *times)?;
        if let Some(code) = image.strip_prefix("exit-").and_then(|code| code.parse().ok()) {
            let ms = self.random.between(5, PROGRAM_MS_MAX);
            self.after(ms, Event::ContainerEnds { machine, boot, name: name.clone(), code });
        }
        Ok(Ok(()))
    }

    fn signal(&mut self, machine: usize, name: ContainerName, signal: i32) -> Result<(), Violation> {
        if self.image(machine, &name) == "stubborn" {
            return Ok(());
        }
        self.checks.disturbed.insert(name.0);
        let boot = self.machines[machine].boot;
        let ms = self.random.between(1, 200);
        self.after(ms, Event::ContainerEnds { machine, boot, name, code: 128 + signal });
        Ok(())
    }

    fn remove(&mut self, machine: usize, name: &ContainerName) -> Result<(), Failure> {
        let host = &mut self.machines[machine];
        if host.is_running(name) {
            return Err(Failure { text: "it runs".to_owned(), retryable: true });
        }
        host.containers.remove(name);
        Ok(())
    }

    pub(super) fn container_ends(
        &mut self,
        machine: usize,
        boot: u64,
        name: &ContainerName,
        code: i32,
    ) -> Result<(), Violation> {
        let host = &mut self.machines[machine];
        let exit = if host.boot == boot { host.end(name, code) } else { None };
        if let Some(exit) = exit {
            self.tell(machine, EngineEvent::Exited { task: name.0, container: name.1.clone(), exit });
        }
        Ok(())
    }
}

fn never(text: &str) -> Failure {
    Failure { text: text.to_owned(), retryable: false }
}

/// What an action concerns: a task's network, its files, an image or a container.
fn thing(action: &Action) -> (TaskId, String) {
    match action {
        Action::Attach { task } | Action::Detach { task } => (*task, "network".to_owned()),
        Action::MakeFiles { task } | Action::RemoveFiles { task } => (*task, "files".to_owned()),
        Action::Pull { task, image } => (*task, format!("image {image}")),
        Action::Create { task, container }
        | Action::Start { task, container }
        | Action::Signal { task, container, .. }
        | Action::Kill { task, container }
        | Action::AcknowledgeExit { task, container }
        | Action::Remove { task, container } => (*task, format!("container {container}")),
        Action::Forget { task } => (*task, String::new()),
        Action::Save { record, .. } => (record.task.id, String::new()),
        Action::Report(report) => (report.task, String::new()),
        Action::SaveNode(_) | Action::Applied { .. } | Action::Resync | Action::WakeAt(_) => {
            Default::default()
        }
    }
}
