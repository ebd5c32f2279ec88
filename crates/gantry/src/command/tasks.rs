//! What several commands do with tasks: find them by name, show them, wait for them.

use crate::client::{Client, ClientError};
use crate::output::{Output, Table, Waiting};
use gantry_controlplane::api::{ContainerLine, TaskLine, Tasks};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The tasks that a name means, and the number of the commit that shows them; stopped ones too if `all`.
pub(super) async fn named(client: &Client, name: &str, all: bool) -> Result<Tasks, ClientError> {
    client.get("tasks", &[("name", name), ("all", if all { "true" } else { "false" })]).await
}

/// Tasks as people read them.
pub(super) fn table(tasks: &[TaskLine]) -> String {
    let mut table = Table::new(&["TASK", "STATUS", "DEFINITION", "CLUSTER", "ADDRESS", "CONTAINERS"]);
    for task in tasks {
        let address = task.address.clone().unwrap_or_default();
        let (name, definition, cluster) = (task.name.clone(), task.definition.clone(), task.cluster.clone());
        table.row([name, status(task), definition, cluster, address, containers(&task.containers)]);
    }
    table.to_string()
}

fn status(task: &TaskLine) -> String {
    if task.status != task.desired && task.desired == "STOPPED" {
        return format!("{} (stopping)", task.status);
    }
    task.status.clone()
}

fn containers(containers: &[ContainerLine]) -> String {
    let one = |container: &ContainerLine| match container.exit_code {
        Some(code) => format!("{} exit {code}", container.name),
        None => format!("{} {}", container.name, container.status.to_lowercase()),
    };
    containers.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Waits until every one of these tasks is at a status or behind it. Answers the tasks as they are then, and whether the
/// wait came to its end.
pub(super) async fn wait(
    client: &Client,
    output: Output,
    ids: &[String],
    goal: &str,
    limit: Duration,
) -> Result<(Vec<TaskLine>, bool), ClientError> {
    let deadline = Instant::now() + limit;
    let mut waiting = Waiting::new(output);
    let mut after = String::new();
    loop {
        let shown: Tasks = client.get("tasks", &[("all", "true"), ("after", &after)]).await?;
        after = shown.commits.to_string();
        let ours: Vec<TaskLine> = shown.tasks.into_iter().filter(|task| ids.contains(&task.id)).collect();
        let missing: Vec<&TaskLine> = ours.iter().filter(|task| !has_reached(task, goal)).collect();
        if missing.is_empty() || Instant::now() >= deadline {
            let reached = missing.is_empty();
            return Ok((ours, reached));
        }
        waiting.say(&format!(
            "{} of {} tasks to be {goal} ({})",
            missing.len(),
            ids.len(),
            counted(&missing)
        ));
    }
}

/// `2 PENDING, 1 ACTIVATING`.
fn counted(tasks: &[&TaskLine]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    tasks.iter().for_each(|task| *counts.entry(&task.status).or_default() += 1);
    counts.iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
}

/// A task that stopped will not be RUNNING any more: nothing is left to wait for.
fn has_reached(task: &TaskLine, goal: &str) -> bool {
    task.status == goal || task.status == "STOPPED"
}

/// How a stopped task ended, in one line.
pub(super) fn ending(task: &TaskLine) -> String {
    let reason = task.stopped_reason.as_deref().unwrap_or("no reason is known");
    let ends = task.containers.iter().filter_map(|container| {
        let code = container.exit_code.map(|code| format!("exit code {code}"));
        let words: Vec<String> = code.into_iter().chain(container.reason.clone()).collect();
        (!words.is_empty()).then(|| format!("; container {}: {}", container.name, words.join(", ")))
    });
    format!("{} stopped: {reason}{}", task.name, ends.collect::<String>())
}

/// Whether a task did what it was made for: every container ended with 0.
pub(super) fn succeeded(task: &TaskLine) -> bool {
    task.status == "STOPPED" && task.containers.iter().all(|container| container.exit_code == Some(0))
}
