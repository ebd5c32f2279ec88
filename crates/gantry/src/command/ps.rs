//! `gantry ps`.

use super::{client, tasks};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::program;
use anyhow::Result;
use gantry_controlplane::api::Tasks;

/// Arguments of `gantry ps`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A family, cluster, node or task; all where none is named
    name: Option<String>,

    /// Stopped tasks too
    #[arg(short, long)]
    all: bool,
}

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let (name, all) = (args.name.unwrap_or_default(), args.all.to_string());
    let shown: Tasks = client(invocation)?.get("tasks", &[("name", &name), ("all", &all)]).await?;
    invocation.output.show(&shown, || match shown.tasks.as_slice() {
        [] if args.all => "no tasks\n".to_owned(),
        [] => format!("no tasks run; `{} ps --all` shows stopped ones\n", program()),
        tasks => tasks::table(tasks),
    })?;
    Ok(Exit::Done)
}
