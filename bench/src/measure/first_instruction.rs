//! From the RunTask call to the first instruction of the container, with the parts of that way.

use super::Measure;
use crate::ecs::Ecs;
use crate::product;
use crate::report::{Row, Unit};
use crate::setting::Setting;
use anyhow::{Context, Result, ensure};
use gantry_tests::Product;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const MEASURE: Measure = Measure {
    name: "first-instruction",
    title: "RunTask call to first instruction",
    how: "One task at a time on the embedded runtime. Its container prints CLOCK_MONOTONIC as the first thing it does; the client \
          reads the same clock before its call and after the answer. The other instants are the task's own time stamps, which \
          are whole milliseconds. Printed only.",
    run,
};

/// Tasks, one after the other. The first pays for whatever is made on first use and is not counted.
const TASKS: usize = 21;

/// Instants of one task in milliseconds since the call.
struct Instants {
    answered: f64,
    created: f64,
    pull_started: f64,
    pull_stopped: f64,
    first_instruction: f64,
    started: f64,
}

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let gantry = product::up(setting)?;
    let container = json!({"name": "main", "image": "gantry/hello", "command": ["stamp"]});
    let mut ecs = product::prepare(&gantry, &container)?;
    let tasks = (0..TASKS).map(|_| start(&gantry, &mut ecs)).collect::<Result<Vec<_>>>()?;
    let row = |what: &str, part: fn(&Instants) -> f64| {
        Row::printed(what, Unit::Millis, tasks.iter().skip(1).map(part).collect())
    };
    Ok(vec![
        row("**call → first instruction**", |task| task.first_instruction),
        row("call → decided (`createdAt`)", |task| task.created),
        row("call → answered, which is after the durable commit", |task| task.answered),
        row("decided → the node has it and attached its network (`pullStartedAt`)", |task| {
            task.pull_started - task.created
        }),
        row("→ image at hand (`pullStoppedAt`)", |task| task.pull_stopped - task.pull_started),
        row("→ container made and started: first instruction", |task| {
            task.first_instruction - task.pull_stopped
        }),
        row("first instruction → RUNNING on the node (`startedAt`)", |task| {
            task.started - task.first_instruction
        }),
    ])
}

fn start(gantry: &Product, ecs: &mut Ecs) -> Result<Instants> {
    let (called, called_date) = (monotonic_ms(), epoch_ms());
    let started = ecs.run_task()?;
    let answered = monotonic_ms() - called;
    let arns = [started.arn];
    let task = ecs.until(&arns, "STOPPED")?.remove(0);
    let printed = gantry.gantry(&["logs", &arns[0]]);
    ensure!(printed.status.success(), "gantry logs: {}", String::from_utf8_lossy(&printed.stderr));
    let date = |name: &str| date_ms(&task, name).map(|date| date - called_date);
    Ok(Instants {
        answered,
        created: date("createdAt")?,
        pull_started: date("pullStartedAt")?,
        pull_stopped: date("pullStoppedAt")?,
        first_instruction: stamp_ms(&String::from_utf8_lossy(&printed.stdout))? - called,
        started: date("startedAt")?,
    })
}

/// The last word that is a number: what stands before it on the line is for people.
fn stamp_ms(printed: &str) -> Result<f64> {
    let seconds = printed.split_whitespace().rev().find_map(|word| word.parse::<f64>().ok());
    Ok(seconds.with_context(|| format!("no time stamp in {printed:?}"))? * 1_000.0)
}

fn date_ms(task: &Value, name: &str) -> Result<f64> {
    Ok(task[name].as_f64().with_context(|| format!("{name} is missing: {task}"))? * 1_000.0)
}

fn epoch_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64() * 1_000.0
}

/// CLOCK_MONOTONIC, which all processes of the machine share.
fn monotonic_ms() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is a live value of the call's type; every Linux has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as f64 * 1_000.0 + time.tv_nsec as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_found_behind_what_a_line_begins_with() {
        assert_eq!(stamp_ms("main 12.5\n").unwrap(), 12_500.0);
        assert!(stamp_ms("nothing\n").is_err());
    }
}
