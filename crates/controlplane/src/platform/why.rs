//! `GET why`: why a task is as it is. A family, cluster or node stands for its newest task that stopped, or its newest.

use super::history::{find, page, told};
use super::names::Resource;
use super::output::{ContainerOutput, Wanted};
use super::{Asked, NOT_FOUND};
use crate::api::{LogLine, Why};
use crate::explain::{TaskFacts, why as explain};
use crate::plane::Plane;
use gantry_model::TaskId;
use gantry_model::change::{Change, JournalEntry};
use gantry_model::record::{Record, Task};
use gantry_model::status::TaskStatus;
use gantry_wire::Fault;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Entries of a task's history that are read: its whole life, unless somebody tags it all day.
const ENTRIES_MAX: usize = 200;

/// Lines of output that are shown, for each container.
const LOG_LINES: u64 = 10;

/// How long the node may take to send them: an answer without them is better than none.
const LOGS_LIMIT: Duration = Duration::from_secs(2);

/// Parameters: `name`.
pub(super) async fn why(asked: &Asked<'_>) -> Result<Why, Fault> {
    let plane = asked.plane;
    let word = asked.required("name")?;
    let id = meant(plane, &find(asked, &word).await?, &word)?;
    let resource = Resource::Task(id);
    let (entries, _) = page(plane, Some(&resource), None, ENTRIES_MAX).await?;
    let state = plane.published.state();
    let current = state.task(id).cloned().or_else(|| last_seen(&entries, id));
    let task =
        current.ok_or_else(|| Fault::new(NOT_FOUND, format!("Nothing is known of the task '{word}'.")))?;
    let node =
        state.node(task.spec.node).map_or_else(|| task.spec.node.to_string(), |node| node.name.clone());
    Ok(explain(TaskFacts {
        definition: state.task_definition(&task.spec.definition).map(Arc::as_ref),
        node,
        node_connected: plane.sessions.is_connected(task.spec.node),
        events: told(plane, &entries, Some(&resource)),
        logs: last_lines(plane, &task).await,
        task: &task,
    }))
}

/// The task that a resource stands for.
fn meant(plane: &Plane, resource: &Resource, word: &str) -> Result<TaskId, Fault> {
    if let Resource::Task(id) = resource {
        return Ok(*id);
    }
    let tasks = resource.tasks(&plane.published.state());
    let stopped = tasks.iter().rev().find(|task| task.observed.status == TaskStatus::Stopped);
    let task = stopped.or(tasks.last());
    task.map(|task| task.id).ok_or_else(|| {
        let words =
            format!("'{word}' has no task that is remembered. `gantry history {word}` tells what it had.");
        Fault::new(NOT_FOUND, words)
    })
}

/// A task that has left the state, as it was last.
fn last_seen(entries: &[JournalEntry], id: TaskId) -> Option<Arc<Task>> {
    let changes = entries
        .iter()
        .rev()
        .flat_map(|entry| entry.steps.iter().rev())
        .flat_map(|step| step.changes.iter().rev());
    let mut tasks = changes.filter_map(|change| match change {
        Change::Put(Record::Task(task)) if task.id == id => Some(task.clone()),
        Change::Put(_) | Change::Delete(_) => None,
    });
    tasks.next()
}

async fn last_lines(plane: &Plane, task: &Task) -> Vec<LogLine> {
    let wanted = Wanted { tail_lines: Some(LOG_LINES), ..Wanted::default() };
    let mut lines = Vec::new();
    // What has come when the time is over is shown.
    let _ = timeout(LOGS_LIMIT, async {
        for container in &task.spec.containers {
            let mut output = ContainerOutput::open(&plane.sessions, task, &container.name, &wanted).await;
            while let Some(next) = output.next().await {
                lines.extend(next);
            }
        }
    })
    .await;
    lines
}
