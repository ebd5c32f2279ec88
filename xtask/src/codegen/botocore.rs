//! Where the service models are, and how they are read.

use super::model::Model;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the botocore package, when it is not to be the one of tools/venv.sh.
const OVERRIDE: &str = "GANTRY_BOTOCORE";

/// The folder with one folder per service, of exactly this release.
pub(super) fn data_dir(version: &str) -> Result<PathBuf> {
    let package = match std::env::var_os(OVERRIDE) {
        Some(path) => PathBuf::from(path),
        None => package_of_venv()?,
    };
    let about = package.join("__init__.py");
    let text = fs::read_to_string(&about).with_context(|| format!("reading {}", about.display()))?;
    let is_release = text.lines().any(|line| line == format!("__version__ = '{version}'"));
    ensure!(is_release, "{} is not botocore {version}", package.display());
    Ok(package.join("data"))
}

fn package_of_venv() -> Result<PathBuf> {
    let root = workspace::root();
    let status = Command::new(root.join("tools/venv.sh")).status().context("starting tools/venv.sh")?;
    ensure!(status.success(), "tools/venv.sh failed; or set {OVERRIDE} to a botocore package");
    let lib = root.join("target/venv/lib");
    let pythons = fs::read_dir(&lib).with_context(|| format!("listing {}", lib.display()))?;
    pythons
        .filter_map(|python| Some(python.ok()?.path().join("site-packages/botocore")))
        .find(|package| package.is_dir())
        .with_context(|| format!("no botocore below {}", lib.display()))
}

/// Reads the newest version of a service's model.
pub(super) fn load(data_dir: &Path, service: &str) -> Result<Model> {
    let folder = data_dir.join(service);
    let versions = fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
    let newest = versions
        .filter_map(|version| Some(version.ok()?.path()))
        .filter(|version| version.is_dir())
        .max()
        .with_context(|| format!("no version in {}", folder.display()))?;
    let path = newest.join("service-2.json.gz");
    let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
    let text = BufReader::new(GzDecoder::new(file));
    serde_json::from_reader(text).with_context(|| format!("understanding {}", path.display()))
}

/// Reads a model that is not compressed.
pub(super) fn load_file(path: &Path) -> Result<Model> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("understanding {}", path.display()))
}
