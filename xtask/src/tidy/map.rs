//! The map is true: every path under `crates/` that ARCHITECTURE.md names is there.

use crate::workspace;
use anyhow::{Context, Result};
use std::fs;

const MAP: &str = "ARCHITECTURE.md";

pub(super) fn breaches() -> Result<Vec<String>> {
    let text =
        fs::read_to_string(workspace::root().join(MAP)).with_context(|| format!("cannot read {MAP}"))?;
    let named = text.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("crates/"));
    let missing = named.filter(|path| !workspace::root().join(path).exists());
    Ok(missing.map(|path| format!("{MAP} names {path}, which is not there")).collect())
}
