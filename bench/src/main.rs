//! The benchmarks: Gantry beside its peers on this machine, in one run.
//!
//! Takes in: a built `gantry`, `target/venv` with moto's server, `dockerd`. Gives out: a table of ratios with their goals, on
//! the terminal and in `bench/results/latest.md`. It fails when a measure is broken, and for slowness only with `--check`.
//! Does not know: how the product works inside; it speaks to it as any client does, and reads `/proc`.
//!
//! Absolute figures mean little on a busy machine. So Gantry and peer take turns within one run, minimum and median are
//! shown, and everything runs in one cgroup that the kernel prefers to its neighbours.

mod conditions;
mod cpu_group;
mod ecs;
mod measure;
mod peers;
mod poll;
mod process;
mod product;
mod report;
mod samples;
mod setting;
mod steps;

use crate::cpu_group::CpuGroup;
use crate::measure::{MEASURES, Measure};
use crate::report::{Report, Section};
use crate::setting::Setting;
use anyhow::{Context, Result, ensure};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures Gantry against its peers.
#[derive(Parser)]
struct Arguments {
    /// The `gantry` to measure: a release build.
    #[arg(long)]
    binary: PathBuf,
    /// End with a failure when a goal is missed.
    #[arg(long)]
    check: bool,
    /// Measure only these; `latest.md` is then left as it is.
    #[arg(value_parser = measure_named)]
    measures: Vec<&'static Measure>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let cpu_group = CpuGroup::enter();
    let setting = Setting::new(&arguments.binary)?;
    let everything = arguments.measures.is_empty();
    let measures = if everything { MEASURES.iter().collect() } else { arguments.measures.clone() };
    let load_before = conditions::load();
    let sections = measures.into_iter().map(|measure| section(measure, &setting)).collect();
    let conditions = conditions::read(&setting, &cpu_group, &load_before)?;
    let report = Report { conditions, sections };
    let text = report.to_markdown();
    println!("\n{text}");
    if everything {
        let path = setting.workspace.join("bench/results/latest.md");
        std::fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    ensure!(!report.is_broken(), "a measure is broken");
    ensure!(!arguments.check || !report.misses_a_goal(), "a goal is missed");
    Ok(())
}

/// A broken measure must not take the others with it.
fn section(measure: &Measure, setting: &Setting) -> Section {
    eprintln!("== {}", measure.name);
    let rows = (measure.run)(setting);
    if let Err(error) = &rows {
        eprintln!("broken: {error:#}");
    }
    Section { title: measure.title, how: measure.how, rows }
}

fn measure_named(name: &str) -> Result<&'static Measure, String> {
    let known = || MEASURES.iter().map(|measure| measure.name).collect::<Vec<_>>().join(", ");
    MEASURES
        .iter()
        .find(|measure| measure.name == name)
        .ok_or_else(|| format!("the measures are: {}", known()))
}
