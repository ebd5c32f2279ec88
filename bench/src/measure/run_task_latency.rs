//! How long RunTask takes when eight clients call at once, beside what the disk takes for the same bytes.

use super::load::{CLIENTS, at_once};
use super::{Measure, ROUNDS};
use crate::ecs::Ecs;
use crate::peers::disk::Disk;
use crate::product;
use crate::report::{Peer, Row, Unit};
use crate::samples::Samples;
use crate::setting::Setting;
use anyhow::Result;
use std::time::Duration;

pub(super) const MEASURE: Measure = Measure {
    name: "latency",
    title: "Latency of RunTask at 8 clients",
    how: "Time from the first byte sent to the whole answer, at eight clients that each call again as soon as they have their \
          answer, forty tasks at a time, with the fake runtime: every answer waits for a durable commit. Beside it, on the same file system and in \
          turns within each round: one append of a record of the same size, and fdatasync.",
    run,
};

const P99_GOAL: f64 = 3.0;

/// Turns in a round: the cost of a sync moves within seconds.
const TURNS: usize = 40;
/// Calls of each client in a turn: as many tasks as a small machine has room for.
const CALLS: usize = 5;
/// As many appends.
const APPENDS: usize = CLIENTS * CALLS;

/// What the store writes for one RunTask: the task's row, and the journal entry with its cause.
const RECORD_BYTES: usize = 2_500;

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let gantry = product::up_without_containers(setting)?;
    let mut clients = product::clients(&gantry, &product::ends_at_once(), CLIENTS)?;
    let mut disk = Disk::new(setting.folder(), RECORD_BYTES)?;
    turn(&mut clients)?;

    let (mut calls, mut appends) = (Vec::new(), Vec::new());
    for number in 1..=ROUNDS {
        let (call, append) = round(&mut clients, &mut disk)?;
        eprintln!(
            "   round {number}: p99 {:.2} ms beside {:.2} ms",
            call.percentile(99),
            append.percentile(99)
        );
        calls.push(call);
        appends.push(append);
    }
    Ok(vec![row(&calls, &appends, 99, Some(P99_GOAL)), row(&calls, &appends, 50, None)])
}

fn row(calls: &[Samples], appends: &[Samples], percent: usize, goal: Option<f64>) -> Row {
    let each = |rounds: &[Samples]| rounds.iter().map(|round| round.percentile(percent)).collect();
    let peer = Some(Peer { name: "append + fdatasync", samples: each(appends) });
    Row { what: format!("RunTask, p{percent} of a round"), unit: Unit::Millis, ours: each(calls), peer, goal }
}

/// Milliseconds of each call and of each append.
fn round(clients: &mut [Ecs], disk: &mut Disk) -> Result<(Samples, Samples)> {
    let (mut calls, mut appends) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        calls.extend(turn(clients)?);
        clients[0].until_idle()?;
        for _ in 0..APPENDS {
            appends.push(disk.append()?);
        }
    }
    Ok((millis(calls), millis(appends)))
}

fn turn(clients: &mut [Ecs]) -> Result<Vec<Duration>> {
    at_once(clients, CALLS, |ecs| Ok(ecs.run_task()?.took))
}

fn millis(times: Vec<Duration>) -> Samples {
    times.into_iter().map(|time| time.as_secs_f64() * 1_000.0).collect()
}
