//! How long RunTask takes when eight clients call at once, beside what the disk takes for the same bytes.

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
          answer, with the fake runtime: every answer waits for a durable commit. Beside it, on the same file system and in \
          turns within each round: one append of a record of the same size, and fdatasync.",
    run,
};

const P99_GOAL: f64 = 3.0;

const CLIENTS: usize = 8;

/// Turns in a round: the cost of a sync moves within seconds.
const TURNS: usize = 8;
/// Calls of each client, and appends, in a turn.
const CALLS: usize = 25;
const APPENDS: usize = 200;

/// What one RunTask writes: the rows of a task and its interface, and the journal entry with its causes.
const RECORD_BYTES: usize = 4_096;

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let gantry = product::up_without_containers(setting)?;
    let mut clients = vec![product::prepare(&gantry, &product::ends_at_once())?];
    for _ in 1..CLIENTS {
        clients.push(product::further_client(&gantry)?);
    }
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
    std::thread::scope(|scope| {
        let calling: Vec<_> = clients.iter_mut().map(|ecs| scope.spawn(|| call_repeatedly(ecs))).collect();
        let results = calling.into_iter().map(|client| client.join().expect("a client does not panic"));
        Ok(results.collect::<Result<Vec<_>>>()?.concat())
    })
}

fn call_repeatedly(ecs: &mut Ecs) -> Result<Vec<Duration>> {
    (0..CALLS).map(|_| Ok(ecs.run_task()?.took)).collect()
}

fn millis(times: Vec<Duration>) -> Samples {
    times.into_iter().map(|time| time.as_secs_f64() * 1_000.0).collect()
}
