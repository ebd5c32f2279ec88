//! The world of a run: virtual time, everything in it, and what happens next.

mod agents;
mod control;
mod trouble;

use crate::agent::Agent;
use crate::check::{Checks, Violation};
use crate::client::Clients;
use crate::fault::{self, Trouble};
use crate::log::Log;
use crate::machine::{ContainerName, Machine};
use crate::network::{ConnectionId, Weather};
use crate::plane::{Plane, ToAgent, ToPlane};
use crate::queue::Queue;
use crate::random::Random;
use gantry_engine::{Action, Event as EngineEvent};
use gantry_orchestrator::leader::Now;
use gantry_store::memory::MemoryDisk;
use std::collections::BTreeMap;

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Machines in the cluster.
    pub machines: u8,
    /// Virtual milliseconds with clients and faults.
    pub storm_ms: u64,
    /// Virtual milliseconds after the faults in which everything must come to rest.
    pub calm_ms: u64,
}

impl Default for Settings {
    /// Three machines, a minute and a half of storm. The calm holds a lease, a stop with its timeout and the engine's
    /// longest pause between two tries, twice.
    fn default() -> Self {
        Self { machines: 3, storm_ms: 90_000, calm_ms: 120_000 }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What must not have been, if anything.
    pub violation: Option<String>,
    /// What happened.
    pub log: Log,
    /// Tasks that were acknowledged.
    pub tasks: usize,
}

/// When a run's wall clocks start.
const START_MS: i64 = 1_800_000_000_000;

/// Between two things that clients ask, at most.
const CLIENT_PAUSE_MS_MAX: u64 = 1_500;

/// Something that will happen.
#[derive(Debug)]
enum Event {
    ClientActs,
    PlaneStarts,
    PlaneWorks { life: u64 },
    PlaneSyncs { life: u64 },
    ToPlane(ConnectionId, ToPlane),
    ToAgent(ConnectionId, ToAgent),
    Disconnected(ConnectionId),
    AgentStarts(usize),
    AgentBeats { machine: usize, life: u64 },
    AgentTicks { machine: usize, life: u64, at_ms: u64 },
    Effect { machine: usize, life: u64, action: Action },
    Heard { machine: usize, life: u64, event: EngineEvent },
    ContainerEnds { machine: usize, boot: u64, name: ContainerName, code: i32 },
    RecordSynced { machine: usize, boot: u64, task: gantry_model::TaskId, life: u64, revision: u64 },
    AgentDies { machine: usize, life: u64 },
    Trouble(Trouble),
    StormEnds,
    CalmEnds,
}

/// Everything there is.
struct World {
    now_ms: u64,
    /// How far the control plane's wall clock is off.
    wall_skew_ms: i64,
    random: Random,
    queue: Queue<Event>,
    log: Log,
    checks: Checks,
    clients: Clients,
    disk: MemoryDisk,
    plane: Option<Plane>,
    plane_life: u64,
    work_planned_ms: Option<u64>,
    machines: Vec<Machine>,
    agents: Vec<Option<Agent>>,
    /// When the last action on each thing of each machine takes effect.
    turns: BTreeMap<(usize, (gantry_model::TaskId, String)), u64>,
    /// An agent that is to die after so many more actions.
    dying: BTreeMap<usize, u64>,
    /// Until when a machine is cut off.
    cut_until_ms: Vec<u64>,
    connections: BTreeMap<ConnectionId, usize>,
    weather: Weather,
    stormy: bool,
    lives: u64,
    settings: Settings,
}

/// Runs one seed.
pub fn run(seed: u64, settings: Settings) -> Outcome {
    let mut world = World::new(seed, settings);
    let violation = world.play().err();
    if let Some(violation) = &violation {
        world.log.add(world.now_ms, &format!("VIOLATION {violation}"));
    }
    Outcome { violation, tasks: world.clients.acknowledged.len(), log: world.log }
}

impl World {
    fn new(seed: u64, settings: Settings) -> Self {
        let count = usize::from(settings.machines);
        let mut random = Random::new(seed);
        let weather = Weather::storm(&mut random);
        let mut world = Self {
            now_ms: 0,
            wall_skew_ms: 0,
            queue: Queue::new(),
            log: Log::default(),
            checks: Checks::default(),
            clients: Clients::default(),
            disk: MemoryDisk::new(),
            plane: None,
            plane_life: 0,
            work_planned_ms: None,
            machines: (1..=settings.machines).map(Machine::new).collect(),
            agents: (0..count).map(|_| None).collect(),
            turns: BTreeMap::new(),
            dying: BTreeMap::new(),
            cut_until_ms: vec![0; count],
            connections: BTreeMap::new(),
            weather,
            stormy: true,
            lives: 0,
            settings,
            random,
        };
        world.plan_run(count);
        world
    }

    fn plan_run(&mut self, machines: usize) {
        self.queue.at(0, Event::PlaneStarts);
        for machine in 0..machines {
            self.queue.at(1, Event::AgentStarts(machine));
        }
        self.queue.at(1_000, Event::ClientActs);
        for (time_ms, trouble) in fault::plan(&mut self.random, machines, self.settings.storm_ms) {
            self.queue.at(time_ms, Event::Trouble(trouble));
        }
        self.queue.at(self.settings.storm_ms, Event::StormEnds);
        self.queue.at(self.settings.storm_ms + self.settings.calm_ms, Event::CalmEnds);
    }

    fn play(&mut self) -> Result<(), Violation> {
        while let Some((time_ms, event)) = self.queue.next() {
            self.now_ms = time_ms;
            if matches!(event, Event::CalmEnds) {
                return self.judge();
            }
            self.happen(event)?;
        }
        Err("nothing is left to happen before the end".to_owned())
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::ClientActs => self.client_acts(),
            Event::PlaneStarts => self.plane_starts(),
            Event::PlaneWorks { life } if life == self.plane_life => self.plane_works(),
            Event::PlaneSyncs { life } if life == self.plane_life => self.plane_syncs(),
            Event::ToPlane(connection, message) => self.plane_hears(connection, message),
            Event::Disconnected(connection) => self.plane_loses(connection),
            Event::ToAgent(connection, message) => self.agent_hears(connection, message),
            Event::AgentStarts(machine) => self.agent_starts(machine),
            Event::AgentBeats { machine, life } => self.agent_beats(machine, life),
            Event::AgentTicks { machine, life, at_ms } => self.agent_ticks(machine, life, at_ms),
            Event::Effect { machine, life, action } => self.effect(machine, life, action),
            Event::Heard { machine, life, event } => self.agent_steps(machine, life, event),
            Event::ContainerEnds { machine, boot, name, code } => {
                self.container_ends(machine, boot, &name, code)
            }
            Event::RecordSynced { machine, boot, task, life, revision } => {
                self.record_synced(machine, boot, task, life, revision)
            }
            Event::AgentDies { machine, life } => self.agent_dies_if(machine, life),
            Event::Trouble(trouble) => self.trouble(trouble),
            Event::StormEnds => self.storm_ends(),
            Event::PlaneWorks { .. } | Event::PlaneSyncs { .. } | Event::CalmEnds => Ok(()),
        }
    }

    fn now(&self) -> Now {
        Now { wall_ms: START_MS + self.now_ms as i64 + self.wall_skew_ms, mono_ms: self.now_ms }
    }

    fn after(&mut self, ms: u64, event: Event) {
        self.queue.at(self.now_ms + ms, event);
    }

    fn say(&mut self, text: impl AsRef<str>) {
        self.log.add(self.now_ms, text.as_ref());
    }

    fn storm_ends(&mut self) -> Result<(), Violation> {
        self.say("the storm is over");
        self.stormy = false;
        self.weather = Weather::CALM;
        self.cut_until_ms.fill(0);
        Ok(())
    }

    fn judge(&mut self) -> Result<(), Violation> {
        let plane = self.plane.as_ref().ok_or("the control plane does not run")?;
        self.checks.converged(&plane.shown, &self.machines, &self.clients)
    }
}
