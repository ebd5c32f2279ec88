//! `gantry version`.

use crate::cli::Invocation;
use crate::exit::Exit;
use anyhow::Result;
use serde_json::json;

pub(crate) fn run(invocation: &Invocation) -> Result<Exit> {
    let version = env!("CARGO_PKG_VERSION");
    invocation.output.show(&json!({"version": version}), || format!("gantry {version}\n"))?;
    Ok(Exit::Done)
}
