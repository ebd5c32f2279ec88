//! CPU time that a server spends on a request.

use super::load::{CLIENTS, at_once};
use super::{Measure, ROUNDS};
use crate::ecs::Ecs;
use crate::peers::moto::Moto;
use crate::process;
use crate::product::{self, ServerAndAgent};
use crate::report::{Peer, Row, Unit};
use crate::setting::Setting;
use anyhow::{Result, ensure};

pub(super) const MEASURE: Measure = Measure {
    name: "server-cpu",
    title: "Server CPU time per request",
    how: "User and system time from `/proc/PID/stat`, divided by the requests answered; the same eight clients for both, signed \
          calls. Gantry's server is a process of its own; it verifies signatures and answers RunTask when it is durable. Its \
          count has everything that a task causes in it until the task has stopped: the node's reports and their commits. The agent is another process, which takes each task through its whole life on \
          the fake runtime. moto verifies nothing, keeps its state in memory and runs nothing.",
    run,
};

const RUN_TASK_GOAL: f64 = 1.0 / 20.0;
const DESCRIBE_TASKS_GOAL: f64 = 1.0 / 60.0;

/// Tasks in a DescribeTasks request.
const DESCRIBED: usize = 10;

/// A round ends when the server has used this much: 40 of the kernel's ticks, so that one of them is 2.5 %.
const ROUND_CPU_MS: f64 = 400.0;

/// Calls of each client between two looks at the server's clock: as many tasks as a small machine has room for. And the most of
/// all clients in a round, whatever the server has used.
const BLOCK_CALLS: usize = 5;
const ROUND_CALLS_MAX: usize = 20_000;

/// One side of the comparison.
struct Arm {
    clients: Vec<Ecs>,
    server_pid: u32,
    /// The process that runs the tasks, where they go on after the call.
    agent_pid: Option<u32>,
    described: Vec<String>,
}

/// CPU time of each process: of a call in microseconds, or so far in milliseconds.
struct Cost {
    server: f64,
    agent: f64,
}

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let container = product::ends_at_once();
    let moto = Moto::start(setting)?;
    let mut peer = Arm::new(moto.clients(setting, &container, CLIENTS)?, moto.pid(), None)?;
    let gantry = ServerAndAgent::without_containers(setting)?;
    let clients = product::clients(&gantry.server, &container, CLIENTS)?;
    let mut ours = Arm::new(clients, gantry.server.pid(), Some(gantry.agent_pid()?))?;

    // DescribeTasks comes first: moto looks through every task that it knows.
    let describe = compare(&mut ours, &mut peer, Arm::describe_tasks)?;
    let run = compare(&mut ours, &mut peer, Arm::run_task)?;
    Ok(vec![
        row("RunTask: the server", &run, |cost| cost.server, Some(RUN_TASK_GOAL)),
        row("RunTask: server and agent", &run, |cost| cost.server + cost.agent, None),
        row(
            "DescribeTasks of 10 tasks: the server",
            &describe,
            |cost| cost.server,
            Some(DESCRIBE_TASKS_GOAL),
        ),
    ])
}

/// Rounds of both sides.
struct Compared {
    ours: Vec<Cost>,
    peer: Vec<Cost>,
}

fn row(what: &str, compared: &Compared, ours: fn(&Cost) -> f64, goal: Option<f64>) -> Row {
    let samples = compared.peer.iter().map(|cost| cost.server).collect();
    let peer = Some(Peer { name: "moto_server", samples });
    Row {
        what: what.to_owned(),
        unit: Unit::Micros,
        ours: compared.ours.iter().map(ours).collect(),
        peer,
        goal,
    }
}

fn compare(ours: &mut Arm, peer: &mut Arm, block: fn(&mut Arm) -> Result<()>) -> Result<Compared> {
    let mut compared = Compared { ours: Vec::new(), peer: Vec::new() };
    for round in 1..=ROUNDS {
        let (our_cost, peer_cost) = (ours.cost(block)?, peer.cost(block)?);
        let Cost { server, agent } = our_cost;
        eprintln!("   round {round}: {server:.0} µs, agent {agent:.0} µs, beside {:.0} µs", peer_cost.server);
        compared.ours.push(our_cost);
        compared.peer.push(peer_cost);
    }
    Ok(compared)
}

impl Arm {
    /// Starts the tasks that will be described. This also warms the server up.
    fn new(mut clients: Vec<Ecs>, server_pid: u32, agent_pid: Option<u32>) -> Result<Self> {
        let described = (0..DESCRIBED).map(|_| Ok(clients[0].run_task()?.arn)).collect::<Result<Vec<_>>>()?;
        let mut arm = Self { clients, server_pid, agent_pid, described };
        arm.settle()?;
        arm.describe_tasks()?;
        Ok(arm)
    }

    fn run_task(&mut self) -> Result<()> {
        at_once(&mut self.clients, BLOCK_CALLS, |ecs| ecs.run_task().map(drop))?;
        self.settle()
    }

    fn describe_tasks(&mut self) -> Result<()> {
        let described = &self.described;
        at_once(&mut self.clients, BLOCK_CALLS, |ecs| ecs.describe_tasks(described).map(drop)).map(drop)
    }

    fn cost(&mut self, block: fn(&mut Self) -> Result<()>) -> Result<Cost> {
        let before = self.cpu_ms()?;
        let mut calls = 0;
        while calls < ROUND_CALLS_MAX && self.cpu_ms()?.server - before.server < ROUND_CPU_MS {
            block(self)?;
            calls += CLIENTS * BLOCK_CALLS;
        }
        let after = self.cpu_ms()?;
        ensure!(after.server > before.server, "{calls} calls used no tick of the kernel's clock");
        let per_call_us = |ms: f64| ms * 1_000.0 / calls as f64;
        Ok(Cost {
            server: per_call_us(after.server - before.server),
            agent: per_call_us(after.agent - before.agent),
        })
    }

    /// What each process has used so far.
    fn cpu_ms(&self) -> Result<Cost> {
        let agent = self.agent_pid.map_or(Ok(0.0), process::cpu_ms)?;
        Ok(Cost { server: process::cpu_ms(self.server_pid)?, agent })
    }

    /// Waits until no task runs, so that the next ones find room.
    fn settle(&mut self) -> Result<()> {
        if self.agent_pid.is_some() { self.clients[0].until_idle() } else { Ok(()) }
    }
}
