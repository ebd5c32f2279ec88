//! Under which conditions a run took place: without them its figures say nothing.

use crate::cpu_group::CpuGroup;
use crate::setting::Setting;
use anyhow::{Context, Result};
use std::fs;
use std::process::Command;

/// `what`, `how`.
pub(crate) type Condition = (&'static str, String);

pub(crate) fn read(setting: &Setting, cpu_group: &CpuGroup, load_before: &str) -> Result<Vec<Condition>> {
    let cores = std::thread::available_parallelism().context("cannot count the cores")?;
    Ok(vec![
        ("gantry", version(Command::new(&setting.binary).arg("version"))?),
        ("kernel", read_line("/proc/sys/kernel/osrelease")?),
        ("cores", format!("{cores}, {}", field("/proc/cpuinfo", "model name")?)),
        ("memory", field("/proc/meminfo", "MemTotal")?),
        ("file system", version(Command::new("stat").args(["-f", "-c", "%T"]).arg(setting.folder()))?),
        ("load before and after", format!("{load_before}; {}", load())),
        ("processes", cpu_group.describe()),
        ("moto", moto_version(setting)?),
        ("dockerd", version(Command::new("dockerd").arg("--version"))?),
    ])
}

/// The load of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn moto_version(setting: &Setting) -> Result<String> {
    let program =
        "import importlib.metadata as m, sys; print(m.version('moto'), 'on Python', sys.version.split()[0])";
    version(Command::new(setting.python_program("python")?).args(["-c", program]))
}

/// The first line that a command prints.
fn version(command: &mut Command) -> Result<String> {
    let output =
        command.output().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(str::to_owned).with_context(|| format!("{command:?} prints nothing"))
}

fn read_line(path: &str) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    Ok(text.trim().to_owned())
}

/// The value behind `name:`, in a file of such lines.
fn field(path: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .with_context(|| format!("{path} names no {name}"))?;
    Ok(line.split_once(':').map_or(line, |(_, value)| value).trim().to_owned())
}
