//! `gantry history`.

use super::client;
use crate::cli::Invocation;
use crate::exit::Exit;
use anyhow::Result;
use gantry_controlplane::api::History;
use gantry_controlplane::explain::history_text;

/// Arguments of `gantry history`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task, family, task definition, cluster or node; everything where none is named
    name: Option<String>,

    /// How many commits
    #[arg(short = 'n', long, default_value_t = 100)]
    limit: usize,

    /// Only what was before this commit
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
}

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let (limit, before) =
        (args.limit.to_string(), args.before.map(|number| number.to_string()).unwrap_or_default());
    let query = [("name", args.name.as_deref().unwrap_or_default()), ("limit", &limit), ("before", &before)];
    let history: History = client(invocation)?.get("history", &query).await?;
    invocation.output.show(&history, || history_text(&history))?;
    Ok(Exit::Done)
}
