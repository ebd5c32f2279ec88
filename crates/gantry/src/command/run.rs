//! `gantry run`: an image, or the newest revision of a task definition, without writing JSON first.

use super::{client, tasks};
use crate::cli::Invocation;
use crate::client::{Client, ClientError};
use crate::exit::Exit;
use crate::output::{print, program};
use anyhow::{Context as _, Result, bail, ensure};
use gantry_controlplane::api::{Network, TaskLine};
use serde_json::{Value, json};
use std::time::Duration;

/// Arguments of `gantry run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An image such as gantry/hello, or a task definition such as web or web:3
    what: String,

    /// How many tasks
    #[arg(long, default_value_t = 1)]
    count: usize,

    /// In which cluster; made if it is missing
    #[arg(long, default_value = "default")]
    cluster: String,

    /// CPU units of a task made from an image
    #[arg(long, default_value = "256")]
    cpu: String,

    /// MiB of a task made from an image
    #[arg(long, default_value = "512")]
    memory: String,

    /// NAME=VALUE for the container
    #[arg(short, long, value_name = "NAME=VALUE")]
    env: Vec<String>,

    /// Do not wait
    #[arg(short, long)]
    detach: bool,

    /// What to wait for; with `stopped`, a container that ends with another code than 0 is a failure
    #[arg(long, value_enum, default_value_t = Until::Running)]
    until: Until,

    /// Seconds to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,

    /// Replaces the command of the first container
    #[arg(last = true)]
    command: Vec<String>,
}

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Until {
    Running,
    Stopped,
}

/// What one call to RunTask takes.
const TASKS_PER_CALL_MAX: usize = 10;

/// What one command makes: more is a mistake.
const COUNT_MAX: usize = 500;

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    ensure!((1..=COUNT_MAX).contains(&args.count), "--count must be between 1 and {COUNT_MAX}");
    let client = client(invocation)?;
    make_cluster(&client, &args.cluster).await?;
    let definition = definition(&client, &args).await?;
    let ids = start(&client, &args, &definition).await?;
    if args.detach {
        let (started, _) =
            tasks::wait(&client, invocation.output, &ids, "PROVISIONING", Duration::ZERO).await?;
        invocation.output.show(&started, || tasks::table(&started))?;
        return Ok(Exit::Done);
    }
    let limit = Duration::from_secs(args.timeout);
    let goal = match args.until {
        Until::Running => "RUNNING",
        Until::Stopped => "STOPPED",
    };
    let (started, reached) = tasks::wait(&client, invocation.output, &ids, goal, limit).await?;
    tell(invocation, &started, reached)
}

fn tell(invocation: &Invocation, started: &[TaskLine], reached: bool) -> Result<Exit> {
    invocation.output.show(&started, || tasks::table(started))?;
    let program = program();
    let failed: Vec<&TaskLine> =
        started.iter().filter(|task| task.status == "STOPPED" && !tasks::succeeded(task)).collect();
    let Some(first) = started.first() else { bail!("the tasks are gone before they were seen") };
    if !invocation.output.is_json() {
        let endings = failed.iter().map(|task| tasks::ending(task) + "\n").collect::<String>();
        let next = failed.first().map_or_else(
            || format!("next: {program} logs -f {}\n", first.name),
            |task| format!("next: {program} why {}\n", task.name),
        );
        print(&format!("\n{endings}{next}"))?;
    }
    Ok(match (failed.is_empty(), reached) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Done,
        (true, false) => Exit::StillRunning,
    })
}

async fn make_cluster(client: &Client, name: &str) -> Result<(), ClientError> {
    let described = client.ecs("DescribeClusters", json!({"clusters": [name]})).await?;
    if described["clusters"][0]["status"] != "ACTIVE" {
        client.ecs("CreateCluster", json!({"clusterName": name})).await?;
    }
    Ok(())
}

/// The definition to run, and the name of its first container.
async fn definition(client: &Client, args: &Args) -> Result<(String, String)> {
    let described = client.ecs("DescribeTaskDefinition", json!({"taskDefinition": args.what})).await;
    let definition = match described {
        Ok(described) => described["taskDefinition"].clone(),
        Err(ClientError::Refused { .. }) => register(client, args).await?,
        Err(error) => return Err(error.into()),
    };
    let text =
        |value: &Value| value.as_str().map(str::to_owned).context("the server answered without a name");
    Ok((text(&definition["taskDefinitionArn"])?, text(&definition["containerDefinitions"][0]["name"])?))
}

/// Registers a definition with one container of the image, unless the newest one of its family is just that.
async fn register(client: &Client, args: &Args) -> Result<Value> {
    let family = family_of(&args.what)?;
    let known = client.ecs("DescribeTaskDefinition", json!({"taskDefinition": family})).await;
    let known = known.map(|described| described["taskDefinition"].clone()).unwrap_or_default();
    let same = known["containerDefinitions"].as_array().is_some_and(|containers| containers.len() == 1)
        && known["containerDefinitions"][0]["image"] == args.what
        && known["cpu"] == args.cpu
        && known["memory"] == args.memory;
    if same {
        return Ok(known);
    }
    let input = json!({
        "family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": args.cpu, "memory": args.memory,
        "containerDefinitions": [{"name": family, "image": args.what, "essential": true}],
    });
    Ok(client.ecs("RegisterTaskDefinition", input).await?["taskDefinition"].clone())
}

/// The family of an image: the last part of its name, without tag and digest.
fn family_of(image: &str) -> Result<String> {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split(['@', ':']).next().unwrap_or(name).replace('.', "-");
    ensure!(gantry_model::name::is_name(&name), "'{image}' is neither a task definition nor an image");
    Ok(name)
}

async fn start(
    client: &Client,
    args: &Args,
    (definition, container): &(String, String),
) -> Result<Vec<String>> {
    let network: Network = client.get("network", &[]).await?;
    let mut input = json!({
        "cluster": args.cluster, "taskDefinition": definition, "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": network.subnets}},
        "startedBy": "gantry run",
    });
    if !args.command.is_empty() || !args.env.is_empty() {
        input["overrides"] = json!({"containerOverrides": [overrides(args, container)?]});
    }
    let mut ids = Vec::new();
    while ids.len() < args.count {
        input["count"] = json!((args.count - ids.len()).min(TASKS_PER_CALL_MAX));
        let answer = client.ecs("RunTask", input.clone()).await?;
        let arns =
            answer["tasks"].as_array().into_iter().flatten().filter_map(|task| task["taskArn"].as_str());
        ids.extend(arns.filter_map(|arn| arn.rsplit('/').next()).map(str::to_owned));
        if let Some(failure) = answer["failures"].get(0) {
            let (reason, detail) = (&failure["reason"], &failure["detail"]);
            bail!("{} of {} tasks found no place: {reason} ({detail})", args.count - ids.len(), args.count);
        }
    }
    Ok(ids)
}

fn overrides(args: &Args, container: &str) -> Result<Value> {
    let mut overrides = json!({"name": container});
    if !args.command.is_empty() {
        overrides["command"] = json!(args.command);
    }
    let mut environment = Vec::new();
    for pair in &args.env {
        let (name, value) =
            pair.split_once('=').with_context(|| format!("--env must be NAME=VALUE, not {pair}"))?;
        environment.push(json!({"name": name, "value": value}));
    }
    overrides["environment"] = json!(environment);
    Ok(overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_a_family() {
        for (image, family) in [
            ("gantry/hello", "hello"),
            ("gantry/hello:v2", "hello"),
            ("localhost:5000/team/app@sha256:00", "app"),
            ("nginx", "nginx"),
            ("node.js:20", "node-js"),
        ] {
            assert_eq!(family_of(image).unwrap(), family);
        }
        assert!(family_of("web:").is_ok());
        assert!(family_of("/").is_err());
    }
}
