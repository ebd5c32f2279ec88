//! `POST reset`: everything that clients made is stopped and erased, for test suites. Only where the installation is
//! ephemeral.

use super::{Asked, CONFLICT, UNAVAILABLE};
use crate::plane::Plane;
use gantry_model::RequestId;
use gantry_model::record::Task;
use gantry_model::status::DesiredStatus;
use gantry_orchestrator::command::ecs::StopTask;
use gantry_orchestrator::command::{Command, Request};
use gantry_orchestrator::leader::Input;
use gantry_wire::Fault;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long nodes may take to stop everything: AWS's longest stop timeout of a container is 120 s.
const STOP_LIMIT: Duration = Duration::from_secs(150);

/// How often tasks that were made meanwhile are stopped as well, before the reset gives up.
const ATTEMPTS_MAX: usize = 5;

/// Not everything was erased.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The installation is to be kept.
    #[error("Only an installation that was started with --ephemeral can be reset.")]
    NotEphemeral,
    /// Nodes did not answer, or containers did not end.
    #[error("Some tasks did not stop in time.")]
    StillRunning,
    /// New tasks came too fast, or the store cannot write.
    #[error("Not everything could be erased: {0}.")]
    NotErased(String),
}

pub(super) async fn endpoint(asked: &Asked<'_>) -> Result<Value, Fault> {
    reset(asked.plane, &asked.caller.principal, asked.id).await.map(|()| json!({})).map_err(|error| {
        let info = match error {
            ResetError::NotEphemeral => CONFLICT,
            ResetError::StillRunning | ResetError::NotErased(_) => UNAVAILABLE,
        };
        Fault::new(info, error.to_string())
    })
}

/// Stops and erases everything in the name of `principal`.
pub(crate) async fn reset(plane: &Plane, principal: &str, id: RequestId) -> Result<(), ResetError> {
    if !plane.ephemeral {
        return Err(ResetError::NotEphemeral);
    }
    let mut last = String::new();
    for _ in 0..ATTEMPTS_MAX {
        timeout(STOP_LIMIT, stop_all(plane, principal, id)).await.map_err(|_| ResetError::StillRunning)?;
        match plane.leader.erase(principal.to_owned(), id).await {
            Ok(()) => return Ok(()),
            Err(error) => last = error.to_string(),
        }
    }
    Err(ResetError::NotErased(last))
}

/// Stops every task and waits until their nodes hold nothing of them.
async fn stop_all(plane: &Plane, principal: &str, id: RequestId) {
    let mut changes = plane.published.changes();
    loop {
        let state = plane.published.state();
        let held: Vec<Arc<Task>> = state.tasks().filter(|task| task.holds_resources()).cloned().collect();
        if held.is_empty() {
            return;
        }
        for task in held.iter().filter(|task| task.desired.status == DesiredStatus::Running) {
            stop(plane, principal, id, task).await;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// A task that stopped meanwhile needs no more.
async fn stop(plane: &Plane, principal: &str, id: RequestId, task: &Task) {
    let (cluster, reason) = (task.spec.cluster.name.clone(), Some("gantry reset".to_owned()));
    let command = Command::StopTask(StopTask { cluster, task: task.id, reason });
    let (scope, principal) = (task.spec.cluster.scope.clone(), principal.to_owned());
    let _ = plane.leader.ask(Input::Request(Request { id, principal, scope, command })).await;
}
