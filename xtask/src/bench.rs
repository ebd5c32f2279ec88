//! `cargo xtask bench`: measures a release build against the peers.
//!
//! Takes in: the arguments of the benchmarks (`--check`, names of measures). Gives out: what they print, and
//! `bench/results/latest.md`. Does not know: what is measured; that is `bench/`.

use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build("gantry")?;
    build("gantry-bench")?;
    let release = target().join("release");
    let mut bench = Command::new(release.join("gantry-bench"));
    bench.arg("--binary").arg(release.join("gantry")).args(arguments);
    succeed(&mut bench, "the benchmarks did not end well")
}

/// One package at a time: built together, they would share the features of their dependencies.
fn build(package: &str) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--package", package]);
    succeed(&mut cargo, &format!("cannot build {package}"))
}

fn succeed(command: &mut Command, failure: &str) -> Result<()> {
    let status = command.current_dir(workspace::root()).status();
    let status = status.with_context(|| format!("cannot run {}", command.get_program().display()))?;
    ensure!(status.success(), "{failure}: {status}");
    Ok(())
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}
