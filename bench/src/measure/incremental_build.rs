//! How long a developer waits after changing a controller.

use super::{Measure, ROUNDS};
use crate::report::{Row, Unit};
use crate::setting::Setting;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

pub(super) const MEASURE: Measure = Measure {
    name: "build",
    title: "Incremental debug build",
    how: "`cargo build --package gantry` in a copy of the repository, after a function of \
          `crates/orchestrator/src/control/task.rs` got another line: every crate above it is built again. The first, whole \
          build is not counted.",
    run,
};

/// What a developer waits for without turning to something else.
const GOAL_S: f64 = 20.0;

const CHANGED: &str = "crates/orchestrator/src/control/task.rs";

/// What is no source: build results and the history.
const LEFT_OUT: [&str; 2] = ["target", ".git"];

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let source = setting.folder().join("source");
    copy(&setting.workspace, &source)?;
    // It stays for the next run, which then builds only what differs.
    let build = Build { source, target: setting.workspace.join("target/bench-build") };
    build.run()?;
    let mut seconds = Vec::new();
    for round in 1..=ROUNDS {
        build.change(round)?;
        let began = Instant::now();
        build.run()?;
        seconds.push(began.elapsed().as_secs_f64());
        eprintln!("   round {round}: {:.1} s", seconds[round - 1]);
    }
    let row = Row::printed("after a change in a controller", Unit::Seconds, seconds.into_iter().collect());
    Ok(vec![Row { goal: Some(GOAL_S), ..row }])
}

struct Build {
    source: PathBuf,
    target: PathBuf,
}

impl Build {
    fn run(&self) -> Result<()> {
        let status = Command::new("cargo")
            .args(["build", "--quiet", "--locked", "--package", "gantry"])
            .current_dir(&self.source)
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null())
            .status()
            .context("cannot run cargo")?;
        ensure!(status.success(), "the copy does not build: {status}");
        Ok(())
    }

    /// Puts a line at the beginning of the file's first function.
    fn change(&self, round: usize) -> Result<()> {
        let path = self.source.join(CHANGED);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {CHANGED}"))?;
        let function = text.find("fn ").with_context(|| format!("{CHANGED} has no function"))?;
        let body = function + text[function..].find("{\n").context("a function has a body")? + 2;
        let changed = format!("{}    std::hint::black_box({round});\n{}", &text[..body], &text[body..]);
        fs::write(&path, changed).with_context(|| format!("cannot change {CHANGED}"))
    }
}

/// Copies a folder with what is in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let target = to.join(&name);
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
