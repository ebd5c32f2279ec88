//! Generated pages under `docs/` equal what their generators write today.

use crate::workspace;
use anyhow::{Context, Result};
use std::fs;

/// Path and generator.
type Page = (&'static str, fn() -> String);

const PAGES: &[Page] = &[("docs/differences-from-aws.md", gantry_facade::differences_page)];

pub(super) fn breaches() -> Result<Vec<String>> {
    let stale = |(path, make): &&Page| fs::read_to_string(workspace::root().join(path)).ok() != Some(make());
    Ok(PAGES
        .iter()
        .filter(stale)
        .map(|(path, _)| format!("{path} is out of date: cargo xtask tidy --write"))
        .collect())
}

/// Writes every page.
pub(super) fn write() -> Result<()> {
    for (path, make) in PAGES {
        fs::write(workspace::root().join(path), make()).with_context(|| format!("cannot write {path}"))?;
    }
    Ok(())
}
