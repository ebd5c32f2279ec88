//! GetTaskProtection: only tasks of services can be protected.

use crate::ecs::{check, failure, name};
use crate::{Context, Fault};
use gantry_model::record::ClusterKey;
use gantry_shapes::ecs::{Failure, GetTaskProtectionRequest, GetTaskProtectionResponse};

/// Most tasks of one request.
const TASKS_MAX: usize = 10;

pub(super) fn get(
    cx: &Context<'_>,
    input: GetTaskProtectionRequest,
) -> Result<GetTaskProtectionResponse, Fault> {
    let given = input.tasks.unwrap_or_default();
    check::at_most_items(&given, "tasks", TASKS_MAX)?;
    let cluster = &name::cluster(cx, input.cluster.as_deref())?.key;
    let failures = given.iter().map(|task| unprotected(cx, cluster, task)).collect::<Result<_, _>>()?;
    Ok(GetTaskProtectionResponse { protected_tasks: Some(Vec::new()), failures: Some(failures) })
}

fn unprotected(cx: &Context<'_>, cluster: &ClusterKey, given: &str) -> Result<Failure, Fault> {
    let identifier = name::task(cluster, given)?;
    let missing = failure::missing(identifier.arn(cluster, "task"));
    let exists = identifier
        .task_id()
        .and_then(|id| cx.state.task(id))
        .is_some_and(|task| task.spec.cluster == *cluster);
    Ok(if exists { Failure { reason: Some("TASK_NOT_VALID".to_owned()), ..missing } } else { missing })
}
