//! `gantry why`.

use super::client;
use crate::cli::Invocation;
use crate::exit::Exit;
use anyhow::Result;
use gantry_controlplane::api::Why;
use gantry_controlplane::explain::why_text;

/// Arguments of `gantry why`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task; a family, cluster or node means its newest task that stopped, or its newest
    name: String,
}

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let why: Why = client(invocation)?.get("why", &[("name", &args.name)]).await?;
    invocation.output.show(&why, || why_text(&why))?;
    Ok(Exit::Done)
}
