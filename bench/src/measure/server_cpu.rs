//! CPU time that a server spends on a request.

use super::{Measure, ROUNDS};
use crate::ecs::Ecs;
use crate::peers::moto::Moto;
use crate::report::{Peer, Row, Unit};
use crate::samples::Samples;
use crate::setting::Setting;
use crate::{process, product};
use anyhow::{Result, ensure};

pub(super) const MEASURE: Measure = Measure {
    name: "server-cpu",
    title: "Server CPU time per request",
    how: "User and system time of the whole server, from `/proc/PID/stat`, divided by the requests it answered: one client, \
          signed calls. On Gantry's side signatures are verified, RunTask is durable, and the count includes the agent in the \
          same process, which takes each task through its whole life on the fake runtime until it has stopped. moto verifies \
          nothing, keeps its state in memory and runs nothing.",
    run,
};

const RUN_TASK_GOAL: f64 = 1.0 / 20.0;
const DESCRIBE_TASKS_GOAL: f64 = 1.0 / 60.0;

/// Tasks in a DescribeTasks request.
const DESCRIBED: usize = 10;

/// A round ends when the server has used this much: 40 of the kernel's ticks, so that one of them is 2.5 %.
const ROUND_CPU_MS: f64 = 400.0;

/// Requests between two looks at the server's clock, and the most in a round, whatever it has used.
const BLOCK_CALLS: usize = 20;
const ROUND_CALLS_MAX: usize = 20_000;

/// One server of a comparison.
struct Arm {
    ecs: Ecs,
    pid: u32,
    described: Vec<String>,
    /// Whether its tasks go on after the call, and have to end before the round does.
    runs_tasks: bool,
}

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let container = product::ends_at_once();
    let moto = Moto::start(setting)?;
    let mut peer = Arm::new(moto.prepare(setting, &container)?, moto.pid(), false)?;
    let gantry = product::up_without_containers(setting)?;
    let mut ours = Arm::new(product::prepare(&gantry, &container)?, gantry.pid(), true)?;

    // DescribeTasks comes first: moto looks through every task that it knows.
    let describe = compare(&mut ours, &mut peer, Arm::describe_tasks)?;
    let run = compare(&mut ours, &mut peer, Arm::run_task)?;
    eprintln!(
        "   {} RunTask calls found no room and were repeated; their cost is counted",
        ours.ecs.refusals
    );
    Ok(vec![
        row("RunTask", run, RUN_TASK_GOAL),
        row("DescribeTasks of 10 tasks", describe, DESCRIBE_TASKS_GOAL),
    ])
}

fn row(what: &str, (ours, peer): (Samples, Samples), goal: f64) -> Row {
    let peer = Some(Peer { name: "moto_server", samples: peer });
    Row { what: what.to_owned(), unit: Unit::Micros, ours, peer, goal: Some(goal) }
}

fn compare(ours: &mut Arm, peer: &mut Arm, call: fn(&mut Arm) -> Result<()>) -> Result<(Samples, Samples)> {
    let (mut our_costs, mut peer_costs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        our_costs.push(ours.cost_us(call)?);
        peer_costs.push(peer.cost_us(call)?);
        eprintln!("   round {round}: {:.0} µs beside {:.0} µs", our_costs[round - 1], peer_costs[round - 1]);
    }
    Ok((our_costs.into_iter().collect(), peer_costs.into_iter().collect()))
}

impl Arm {
    /// Starts the tasks that will be described. This also warms the server up.
    fn new(mut ecs: Ecs, pid: u32, runs_tasks: bool) -> Result<Self> {
        let described = (0..DESCRIBED).map(|_| Ok(ecs.run_task()?.arn)).collect::<Result<Vec<_>>>()?;
        let mut arm = Self { ecs, pid, described, runs_tasks };
        arm.settle()?;
        arm.describe_tasks()?;
        Ok(arm)
    }

    fn run_task(&mut self) -> Result<()> {
        self.ecs.run_task().map(drop)
    }

    fn describe_tasks(&mut self) -> Result<()> {
        self.ecs.describe_tasks(&self.described).map(drop)
    }

    /// Microseconds of CPU per call.
    fn cost_us(&mut self, call: fn(&mut Self) -> Result<()>) -> Result<f64> {
        let before_ms = process::cpu_ms(self.pid)?;
        let mut calls = 0;
        while calls < ROUND_CALLS_MAX && process::cpu_ms(self.pid)? - before_ms < ROUND_CPU_MS {
            for _ in 0..BLOCK_CALLS {
                call(self)?;
            }
            calls += BLOCK_CALLS;
        }
        self.settle()?;
        let used_ms = process::cpu_ms(self.pid)? - before_ms;
        ensure!(used_ms > 0.0, "{calls} calls used no tick of the kernel's clock");
        Ok(used_ms * 1_000.0 / calls as f64)
    }

    fn settle(&mut self) -> Result<()> {
        if self.runs_tasks { self.ecs.until_idle() } else { Ok(()) }
    }
}
