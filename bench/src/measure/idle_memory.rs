//! Memory of an idle installation.

use super::{Measure, ROUNDS};
use crate::report::{Row, Unit};
use crate::samples::Samples;
use crate::setting::Setting;
use crate::{process, product};
use anyhow::{Result, ensure};
use serde_json::json;

pub(super) const MEASURE: Measure = Measure {
    name: "memory",
    title: "Memory of an idle installation",
    how: "`gantry up` with the embedded runtime: resident memory (VmRSS) of all its processes without shims and containers, \
          first with no task, then with ten that sleep. Of each of their shims the proportional memory (Pss of \
          `/proc/PID/smaps_rollup`).",
    run,
};

const RESIDENT_GOAL_MIB: f64 = 60.0;
const SHIM_GOAL_MIB: f64 = 0.5;

const CONTAINERS: usize = 10;

/// The name of a shim's process.
const SHIM: &str = "gantry-shim";

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let (mut empty, mut full, mut shims) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let found = look(setting)?;
        eprintln!("   round {round}: {:.1} MiB, then {:.1} MiB", found.empty_mib, found.full_mib);
        empty.push(found.empty_mib);
        full.push(found.full_mib);
        shims.extend(found.shims_mib);
    }
    let row = |what: &str, figures: Vec<f64>, goal| {
        let samples: Samples = figures.into_iter().collect();
        Row { goal, ..Row::printed(what, Unit::Mebibytes, samples) }
    };
    Ok(vec![
        row("`gantry up`, no task: VmRSS", empty, Some(RESIDENT_GOAL_MIB)),
        row("a shim: Pss", shims, Some(SHIM_GOAL_MIB)),
        row("`gantry up`, ten tasks: VmRSS", full, None),
    ])
}

struct Found {
    empty_mib: f64,
    full_mib: f64,
    shims_mib: Vec<f64>,
}

fn look(setting: &Setting) -> Result<Found> {
    let gantry = product::up(setting)?;
    let empty_mib = resident_mib(gantry.pid());
    let sleeper = json!({"name": "main", "image": "gantry/hello", "command": ["sleep", "1000"]});
    let mut ecs = product::clients(&gantry, &sleeper, 1)?.remove(0);
    let arns = (0..CONTAINERS).map(|_| Ok(ecs.run_task()?.arn)).collect::<Result<Vec<_>>>()?;
    ecs.until(&arns, "RUNNING")?;
    let shims = process::descendants_named(gantry.pid(), SHIM);
    let shims_mib: Vec<f64> = shims.into_iter().filter_map(process::proportional_mib).collect();
    ensure!(shims_mib.len() == CONTAINERS, "{} shims are seen, not {CONTAINERS}", shims_mib.len());
    let found = Found { empty_mib, full_mib: resident_mib(gantry.pid()), shims_mib };
    // Whatever the product has made outside its host, such as cgroups, goes with the tasks.
    ecs.stop(&arns)?;
    Ok(found)
}

fn resident_mib(pid: u32) -> f64 {
    process::tree_until(pid, |name| name == SHIM).into_iter().filter_map(process::resident_mib).sum()
}
