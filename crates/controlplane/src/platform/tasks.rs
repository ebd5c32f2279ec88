//! `GET tasks`: tasks of every cluster in one list, or those that a name means.

use super::Asked;
use super::names::resolve;
use crate::api::{ContainerLine, TaskLine, Tasks};
use crate::explain::{rfc3339, task_name};
use crate::plane::Plane;
use gantry_model::record::Task;
use gantry_model::status::TaskStatus;
use gantry_orchestrator::state::State;
use gantry_wire::Fault;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer waits for news; a client that wants more asks again.
const NEWS_LIMIT: Duration = Duration::from_secs(20);

/// Parameters: `name`; `all` for stopped tasks too; `after` to wait for a commit behind this number. A name that means one
/// task shows it whatever its status is.
pub(super) async fn tasks(asked: &Asked<'_>) -> Result<Tasks, Fault> {
    if let Some(after) = asked.parsed("after")? {
        news_after(asked.plane, after).await;
    }
    let state = asked.plane.published.state();
    let all = asked.flag("all")?;
    let is_wanted = |task: &&Arc<Task>| all || task.observed.status != TaskStatus::Stopped;
    let named = named(asked, &state)?;
    let one = named.len() == 1;
    let tasks = named.iter().filter(|task| one || is_wanted(task)).map(|task| line(&state, task)).collect();
    Ok(Tasks { commits: state.seq(), tasks })
}

/// Waits for a later commit. A number from before a reset may be larger than any that comes soon: hence the limit.
async fn news_after(plane: &Plane, commits: u64) {
    let (mut changes, mut stop) = (plane.published.changes(), plane.stop.clone());
    // Whether there are news or the time is over, the list is as it is.
    let _ = timeout(NEWS_LIMIT, async {
        tokio::select! {
            _ = changes.wait_for(|now| *now > commits) => {}
            () = stop.wished() => {}
        }
    })
    .await;
}

fn named(asked: &Asked<'_>, state: &State) -> Result<Vec<Arc<Task>>, Fault> {
    if let Some(word) = asked.text("name") {
        return Ok(resolve(state, &asked.caller.scope, &word)?.tasks(state));
    }
    let mut tasks: Vec<Arc<Task>> = state.tasks().cloned().collect();
    tasks.retain(|task| task.spec.cluster.scope == asked.caller.scope);
    tasks.sort_by_key(|task| (task.spec.created_at, task.id));
    Ok(tasks)
}

fn line(state: &State, task: &Task) -> TaskLine {
    let definition = &task.spec.definition;
    TaskLine {
        name: task_name(task),
        id: task.id.to_string(),
        arn: task.arn(),
        cluster: task.spec.cluster.name.to_string(),
        definition: format!("{}:{}", definition.family, definition.revision),
        status: task.observed.status.to_string(),
        desired: task.desired.status.to_string(),
        address: task.spec.eni.as_ref().map(|eni| eni.address.to_string()),
        node: state.node(task.spec.node).map_or_else(|| task.spec.node.to_string(), |node| node.name.clone()),
        created_at: rfc3339(task.spec.created_at),
        started_at: task.observed.started_at.map(rfc3339),
        stopped_at: task.observed.stopped_at.map(rfc3339),
        stopped_reason: task.desired.stopped_reason.clone(),
        containers: containers(state, task),
    }
}

fn containers(state: &State, task: &Task) -> Vec<ContainerLine> {
    let definition = state.task_definition(&task.spec.definition);
    let image = |index: usize| Some(definition?.content.containers.get(index)?.image.clone());
    let containers = task.spec.containers.iter().zip(&task.observed.containers).enumerate();
    containers
        .map(|(index, (identity, seen))| ContainerLine {
            name: identity.name.clone(),
            image: image(index).unwrap_or_default(),
            status: seen.status.to_string(),
            exit_code: seen.exit_code,
            reason: seen.reason.clone(),
            image_digest: seen.image_digest.clone(),
        })
        .collect()
}
