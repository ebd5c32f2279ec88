//! StopTask: the control plane wants the task stopped; its node does it.

use crate::command::ecs::StopTask;
use crate::command::{Refusal, Reply};
use crate::txn::Txn;
use gantry_model::AccountRegion;
use gantry_model::record::task::Desired;
use gantry_model::record::{ClusterKey, Task};
use gantry_model::status::{ClusterStatus, DesiredStatus, StopCode};
use std::sync::Arc;

/// AWS's reason where the caller gave none.
const DEFAULT_REASON: &str = "Task stopped by user";

/// Asks for a task to stop. One that stops already keeps its first code and reason.
pub(crate) fn stop(txn: &mut Txn, scope: &AccountRegion, command: &StopTask) -> Result<Reply, Refusal> {
    let cluster = ClusterKey { scope: scope.clone(), name: command.cluster.clone() };
    match txn.state.cluster(&cluster).map(|cluster| cluster.status) {
        None => return Err(Refusal::ClusterNotFound),
        Some(ClusterStatus::Active | ClusterStatus::Inactive) => {}
    }
    let task = txn.state.task(command.task).filter(|task| task.spec.cluster == cluster);
    let task = task.ok_or(Refusal::TaskNotFound)?.clone();
    if task.desired.status == DesiredStatus::Stopped {
        return Ok(Reply::Task(task));
    }
    let desired = Desired {
        status: DesiredStatus::Stopped,
        stopping_at: Some(txn.now.at),
        stop_code: Some(StopCode::UserInitiated),
        stopped_reason: Some(command.reason.clone().unwrap_or_else(|| DEFAULT_REASON.to_owned())),
    };
    let version = task.version + 1;
    let task = Arc::new(Task { desired, version, tags: Default::default(), ..Task::clone(&task) });
    txn.put(task.clone());
    Ok(Reply::Task(task))
}
