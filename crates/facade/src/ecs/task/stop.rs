//! StopTask.

use super::shown::{self, Described};
use crate::ecs::fault::{cluster_not_found, invalid, refused, unexpected_reply};
use crate::ecs::{check, name};
use crate::{Context, Fault, Plan};
use gantry_orchestrator::command::{Command, Reply, ecs};
use gantry_shapes::ecs::{StopTaskRequest, StopTaskResponse};

/// Most characters of `reason`.
const REASON_CHARS_MAX: usize = 255;

/// Asks for a task to stop; one that stops already keeps its first code and reason.
pub(in crate::ecs) fn stop(cx: &Context<'_>, input: StopTaskRequest) -> Result<Plan, Fault> {
    check::no_longer_than(input.reason.as_deref(), "reason", REASON_CHARS_MAX)?;
    let given = input.task.unwrap_or_default();
    check::not_blank(&given, "Task")?;
    let cluster = name::cluster_key(cx, input.cluster.as_deref())?;
    let id = name::task(&cluster, &given)?.task_id();
    cx.state.cluster(&cluster).ok_or_else(cluster_not_found)?;
    let task = id.ok_or_else(|| invalid("The referenced task was not found."))?;
    let command = Command::StopTask(ecs::StopTask { cluster: cluster.name, task, reason: input.reason });
    Ok(Plan::command(command, |state, result| {
        let Reply::Task(task) = result.map_err(|refusal| refused(&refusal))? else {
            return Err(unexpected_reply());
        };
        Ok(StopTaskResponse { task: Some(shown::task(state, &task, Described::WithTags)) })
    }))
}
