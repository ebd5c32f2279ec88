//! `gantry stop`.

use super::{client, tasks};
use crate::cli::Invocation;
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{print, program};
use anyhow::{Result, bail};
use gantry_controlplane::api::TaskLine;
use serde_json::json;
use std::time::Duration;

/// Arguments of `gantry stop`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Tasks, or whatever has tasks: a family, a cluster, a node
    #[arg(required = true)]
    names: Vec<String>,

    /// Stop all tasks of a name that has several
    #[arg(long)]
    all: bool,

    /// Why, for the history
    #[arg(long)]
    reason: Option<String>,

    /// Do not wait until they are stopped
    #[arg(short, long)]
    detach: bool,

    /// Seconds to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 150)]
    timeout: u64,
}

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let client = client(invocation)?;
    let mut found = Vec::new();
    for name in &args.names {
        found.extend(find(&client, name, args.all).await?);
    }
    for task in &found {
        let mut input = json!({"cluster": task.cluster, "task": task.id});
        if let Some(reason) = &args.reason {
            input["reason"] = json!(reason);
        }
        client.ecs("StopTask", input).await?;
    }
    if args.detach {
        return Ok(Exit::Done);
    }
    let ids: Vec<String> = found.into_iter().map(|task| task.id).collect();
    let limit = Duration::from_secs(args.timeout);
    let (stopped, reached) = tasks::wait(&client, invocation.output, &ids, "STOPPED", limit).await?;
    let lines = || stopped.iter().map(|task| tasks::ending(task) + "\n").collect();
    if reached {
        invocation.output.show(&stopped, lines)?;
        return Ok(Exit::Done);
    }
    print(&format!("still stopping; see `{} ps`\n", program()))?;
    Ok(Exit::StillRunning)
}

/// The tasks of a name that do not stop already.
async fn find(client: &Client, name: &str, all: bool) -> Result<Vec<TaskLine>> {
    let mut found = tasks::named(client, name, false).await?.tasks;
    found.retain(|task| task.desired == "RUNNING");
    match found.len() {
        0 => bail!("'{name}' has no task that runs"),
        several if several > 1 && !all => {
            let names: Vec<&str> = found.iter().map(|task| task.name.as_str()).collect();
            bail!("'{name}' has {several} tasks: name one of {}, or say --all", names.join(", "))
        }
        _ => Ok(found),
    }
}
