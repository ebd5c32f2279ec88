//! Why a task is as it is: one sentence, what else is known, how it came to this, and what to type next.

use super::change::{ended, task_name};
use super::rfc3339;
use crate::api::{Event, LogLine, Why};
use gantry_model::Timestamp;
use gantry_model::record::{Task, TaskDefinition};
use gantry_model::status::{ContainerStatus, DesiredStatus, TaskStatus};

/// What is known of a task.
pub(crate) struct TaskFacts<'a> {
    /// The task as it is, or was when it left the state.
    pub(crate) task: &'a Task,
    /// Its definition, where it is still known.
    pub(crate) definition: Option<&'a TaskDefinition>,
    /// The name of its node.
    pub(crate) node: String,
    /// Whether its node is connected now.
    pub(crate) node_connected: bool,
    /// Its history, oldest first.
    pub(crate) events: Vec<Event>,
    /// The last lines of its output.
    pub(crate) logs: Vec<LogLine>,
}

/// Explains a task.
pub(crate) fn why(facts: TaskFacts<'_>) -> Why {
    Why {
        name: task_name(facts.task),
        verdict: verdict(&facts),
        details: details(&facts),
        next: next(facts.task),
        events: facts.events,
        logs: facts.logs,
    }
}

fn verdict(facts: &TaskFacts<'_>) -> String {
    let task = facts.task;
    let name = task_name(task);
    let status = task.observed.status;
    if task.desired.status == DesiredStatus::Stopped {
        let stopped = if status == TaskStatus::Stopped { "was stopped" } else { "is being stopped" };
        return format!("{name} {stopped}: {}", stop_reason(facts));
    }
    match status {
        TaskStatus::Running => format!("{name} is RUNNING{}", since(task.observed.started_at)),
        TaskStatus::Provisioning if !facts.node_connected => {
            format!("{name} is PROVISIONING: its node {} is not connected", facts.node)
        }
        TaskStatus::Provisioning => {
            format!("{name} is PROVISIONING: node {} has not taken it over yet", facts.node)
        }
        TaskStatus::Pending if task.observed.pull_stopped_at.is_none() => {
            format!("{name} is PENDING: node {} fetches its images", facts.node)
        }
        TaskStatus::Pending | TaskStatus::Activating => {
            format!("{name} is {status}: node {} starts its containers", facts.node)
        }
        TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning
        | TaskStatus::Stopped => {
            format!("{name} is {status}: {}", stop_reason(facts))
        }
    }
}

/// The reason in AWS's words, what the containers said, and who asked.
fn stop_reason(facts: &TaskFacts<'_>) -> String {
    let desired = &facts.task.desired;
    let mut reason = desired.stopped_reason.clone().unwrap_or_else(|| "no reason is known".to_owned());
    if let Some(end) = first_end(facts.task) {
        reason += &format!("; {end}");
    }
    if let Some(event) =
        facts.events.iter().find(|event| event.changes.iter().any(|c| c.contains("is to stop")))
    {
        reason += &format!(" (by {}, {}, at {})", event.actor, event.action, event.at);
    }
    reason
}

/// The end of the container that matters most: one with an error before one with a bad exit code.
fn first_end(task: &Task) -> Option<String> {
    let ends = || task.observed.containers.iter().zip(&task.spec.containers);
    let failed = ends().find(|(seen, _)| seen.reason.is_some());
    let failed = failed.or_else(|| ends().find(|(seen, _)| seen.exit_code.is_some_and(|code| code != 0)));
    let (seen, identity) = failed?;
    ended(seen).map(|end| format!("container {} {end}", identity.name))
}

fn details(facts: &TaskFacts<'_>) -> Vec<String> {
    let task = facts.task;
    let definition = &task.spec.definition;
    let mut found = vec![format!(
        "{}:{} in cluster {}, on node {}, zone {}",
        definition.family, definition.revision, task.spec.cluster.name, facts.node, task.spec.zone
    )];
    found.extend(task.spec.eni.as_ref().map(|eni| format!("address {}", eni.address)));
    found.extend(task.desired.stop_code.map(|code| format!("stop code {code}")));
    let containers = task.observed.containers.iter().zip(&task.spec.containers).enumerate();
    for (index, (seen, identity)) in containers {
        let image = facts.definition.and_then(|definition| definition.content.containers.get(index));
        let image = image.map(|container| format!(" ({})", container.image)).unwrap_or_default();
        let state = match seen.status {
            ContainerStatus::Stopped => ended(seen).unwrap_or_default(),
            ContainerStatus::Pending | ContainerStatus::Running => format!("is {}", seen.status),
        };
        found.push(format!("container {}{image} {state}", identity.name));
    }
    let times = [
        ("made", Some(task.spec.created_at)),
        ("images fetched", task.observed.pull_stopped_at),
        ("started", task.observed.started_at),
        ("told to stop", task.desired.stopping_at),
        ("first essential container ended", task.observed.execution_stopped_at),
        ("stopped", task.observed.stopped_at),
    ];
    found.extend(times.into_iter().filter_map(|(what, at)| Some(format!("{what} at {}", rfc3339(at?)))));
    found
}

fn next(task: &Task) -> Vec<String> {
    let name = task_name(task);
    match task.observed.status {
        TaskStatus::Running => vec![format!("gantry logs -f {name}"), format!("gantry exec {name} env")],
        TaskStatus::Stopped => vec![format!("gantry logs {name}"), format!("gantry history {name}")],
        TaskStatus::Provisioning
        | TaskStatus::Pending
        | TaskStatus::Activating
        | TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning => vec![format!("gantry history {name}"), "gantry status".to_owned()],
    }
}

fn since(at: Option<Timestamp>) -> String {
    at.map(|at| format!(" since {}", rfc3339(at))).unwrap_or_default()
}
