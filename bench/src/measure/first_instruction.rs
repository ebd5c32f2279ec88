//! From the RunTask call to the first instruction of the container, with the parts of that way.

use super::Measure;
use crate::ecs::Ecs;
use crate::product;
use crate::report::{Row, Unit};
use crate::setting::Setting;
use crate::steps::{Step, steps};
use anyhow::{Context, Result, ensure};
use gantry_tests::Product;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const MEASURE: Measure = Measure {
    name: "first-instruction",
    title: "RunTask call to first instruction",
    how: "One task at a time on the embedded runtime. Its container prints CLOCK_MONOTONIC as the first thing it does; the client \
          reads the same clock before its call and after the answer. How long the steps on the way took stands in the product's \
          log. Printed only.",
    run,
};

/// Tasks, one after the other. The first pays for whatever is made on first use and is not counted.
const TASKS: usize = 21;

const DAY_MS: f64 = 86_400_000.0;

/// Parts of one task's way, in milliseconds.
struct Way {
    answered: f64,
    append: f64,
    assignment: f64,
    attach: f64,
    pull: f64,
    create: f64,
    between: f64,
    start: f64,
    first_instruction: f64,
}

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let gantry = product::up_with_steps(setting)?;
    let container = json!({"name": "main", "image": "gantry/hello", "command": ["stamp"]});
    let mut ecs = product::clients(&gantry, &container, 1)?.remove(0);
    let ways = (0..TASKS).map(|_| start(&gantry, &mut ecs)).collect::<Result<Vec<_>>>()?;
    let row = |what: &str, part: fn(&Way) -> f64| {
        Row::printed(what, Unit::Millis, ways.iter().skip(1).map(part).collect())
    };
    Ok(vec![
        row("**call → first instruction**", |way| way.first_instruction),
        row("call → answer", |way| way.answered),
        row("of it the durable commit", |way| way.append),
        row("commit → the node begins (assignment)", |way| way.assignment),
        row("network attached", |way| way.attach),
        row("image at hand", |way| way.pull),
        row("container created", |way| way.create),
        row("between those steps: records, queues", |way| way.between),
        row("start → first instruction", |way| way.start),
    ])
}

fn start(gantry: &Product, ecs: &mut Ecs) -> Result<Way> {
    let (called_ms, called_date_ms) = (monotonic_ms(), time_of_day_ms());
    let started = ecs.run_task()?;
    let answered = monotonic_ms() - called_ms;
    let arns = [started.arn];
    ecs.until(&arns, "STOPPED")?;
    let printed = gantry.gantry(&["logs", &arns[0]]);
    ensure!(printed.status.success(), "gantry logs: {}", String::from_utf8_lossy(&printed.stderr));
    let first_instruction = stamp_ms(&String::from_utf8_lossy(&printed.stdout))? - called_ms;
    let id = arns[0].rsplit('/').next().expect("a split has a last part");
    way(&gantry.log(), id, called_date_ms, answered, first_instruction)
}

fn way(log: &str, task: &str, called_date_ms: f64, answered: f64, first_instruction: f64) -> Result<Way> {
    let after_call = |step: &Step<'_>| (step.ended_ms - called_date_ms).rem_euclid(DAY_MS) < DAY_MS / 2.0;
    let task = format!("task={task}");
    let find = |words: &[&str]| {
        let found = steps(log).filter(after_call).find(|step| step.says(words));
        found.with_context(|| format!("the log tells nothing of {words:?}"))
    };
    let performed = |name: &str| find(&[&task, &format!("step=\"{name}\"")]);
    let append = find(&["appended"])?;
    let (attach, pull) = (performed("attach")?, performed("pull")?);
    let (create, start) = (performed("create")?, performed("start")?);
    let began_ms = attach.began_ms().min(pull.began_ms());
    let ready_ms = attach.ended_ms.max(pull.ended_ms);
    let since = |later: f64, earlier: f64| (later - earlier + DAY_MS / 2.0).rem_euclid(DAY_MS) - DAY_MS / 2.0;
    Ok(Way {
        answered,
        append: append.took_ms,
        assignment: since(began_ms, append.ended_ms),
        attach: attach.took_ms,
        pull: pull.took_ms,
        create: create.took_ms,
        between: since(create.began_ms(), ready_ms) + since(start.began_ms(), create.ended_ms),
        start: first_instruction - since(start.began_ms(), called_date_ms),
        first_instruction,
    })
}

/// The last word that is a number: what stands before it on the line is for people.
fn stamp_ms(printed: &str) -> Result<f64> {
    let seconds = printed.split_whitespace().rev().find_map(|word| word.parse::<f64>().ok());
    Ok(seconds.with_context(|| format!("no time stamp in {printed:?}"))? * 1_000.0)
}

/// Milliseconds since the day began, UTC.
fn time_of_day_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    since.as_secs_f64() * 1_000.0 % DAY_MS
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

    const LOG: &str = "\
2026-11-21T23:59:59.990Z DEBUG appended entry=1 took_us=1
2026-11-21T23:59:59.999Z DEBUG appended entry=2 took_us=500
2026-11-22T00:00:00.003Z DEBUG performed task=a step=\"attach\" took_us=2000
2026-11-22T00:00:00.002Z DEBUG performed task=a step=\"pull\" took_us=500
2026-11-22T00:00:00.005Z DEBUG performed task=b step=\"create\" took_us=1
2026-11-22T00:00:00.007Z DEBUG performed task=a step=\"create\" took_us=3000
2026-11-22T00:00:00.010Z DEBUG performed task=a step=\"start\" took_us=2000
";

    #[test]
    fn parts_add_up_over_midnight() {
        let called_date_ms = DAY_MS - 2.0;
        let way = way(LOG, "a", called_date_ms, 1.25, 11.0).unwrap();
        let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-3, "{value} {expected}");
        near(way.append, 0.5);
        near(way.assignment, 2.0);
        near(way.attach, 2.0);
        near(way.create, 3.0);
        near(way.between, 1.0 + 1.0);
        near(way.start, 1.0);
    }
}
