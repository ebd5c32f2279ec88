//! The arrows between crates: direct dependencies inside the workspace equal the checked-in list.

use crate::workspace;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

/// `[arrows]`: crate → the crates that it may name.
const LIST: &str = "crates/arrows.toml";

#[derive(Deserialize)]
struct List {
    arrows: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` for tests, `build` for build scripts, null otherwise.
    kind: Option<String>,
    path: Option<String>,
}

pub(super) fn breaches() -> Result<Vec<String>> {
    let path = workspace::root().join(LIST);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let allowed: List = toml::from_str(&text).with_context(|| format!("{LIST} does not parse"))?;
    Ok(compare(&allowed.arrows, &real()?))
}

/// Tests may name what they like: an arrow is what the shipped crate names.
fn real() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(workspace::root())
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cargo metadata does not parse")?;
    Ok(metadata.packages.into_iter().map(|package| (short(&package.name), arrows_of(package))).collect())
}

fn arrows_of(package: Package) -> BTreeSet<String> {
    let inside =
        |dependency: &Dependency| dependency.path.is_some() && dependency.kind.as_deref() != Some("dev");
    package.dependencies.into_iter().filter(inside).map(|dependency| short(&dependency.name)).collect()
}

/// `gantry-model` → `model`.
fn short(name: &str) -> String {
    name.strip_prefix("gantry-").unwrap_or(name).to_owned()
}

fn compare(
    allowed: &BTreeMap<String, BTreeSet<String>>,
    real: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let none = BTreeSet::new();
    let names: BTreeSet<&String> = allowed.keys().chain(real.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (may, does) = (allowed.get(name).unwrap_or(&none), real.get(name).unwrap_or(&none));
        found.extend(
            does.difference(may).map(|to| format!("{name} → {to}: a new arrow needs a decision record")),
        );
        found.extend(may.difference(does).map(|to| format!("{LIST}: {name} → {to} is no longer there")));
    }
    found
}
