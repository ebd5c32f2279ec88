//! Containers.

use super::{Performer, blocking, failure, find};
use crate::spec::{container_id, container_spec};
use gantry_engine::Failure;
use gantry_model::view::AssignedTask;
use gantry_runtime::api::{ContainerId, CreateError, Runtime, RuntimeError};
use std::sync::Arc;

impl Performer {
    pub(super) async fn create(&self, task: &AssignedTask, name: &str) -> Result<(), Failure> {
        let container = find(task, name)?;
        let image = self.image_here(&container.image).await?;
        let namespace = self.networks.namespace(task.id)?;
        let spec = container_spec(task, container, &image, &self.folders, namespace)?;
        let _turn = self.starts.acquire().await.expect("the semaphore is never closed");
        let runtime = self.runtime.clone();
        blocking(move || match runtime.create(spec) {
            // It was made before the agent was started again.
            Err(CreateError::AlreadyExists(_)) => Ok(()),
            made => made.map_err(|error| failure(&error, error.retry_can_help())),
        })
        .await?
    }

    pub(super) async fn start(&self, task: &AssignedTask, name: &str) -> Result<(), Failure> {
        let id = container_id(find(task, name)?)?;
        let _turn = self.starts.acquire().await.expect("the semaphore is never closed");
        let runtime = self.runtime.clone();
        blocking(move || runtime.start(&id).map(|_| ()).map_err(|error| failure(&error, false))).await?
    }

    pub(super) async fn signal(&self, task: &AssignedTask, name: &str, signal: i32) {
        self.command(task, name, "signal", move |runtime, id| runtime.signal(id, signal)).await;
    }

    pub(super) async fn kill(&self, task: &AssignedTask, name: &str) {
        self.command(task, name, "kill", |runtime, id| runtime.kill(id)).await;
    }

    pub(super) async fn acknowledge_exit(&self, task: &AssignedTask, name: &str) {
        self.command(task, name, "acknowledge the exit of", |runtime, id| runtime.acknowledge_exit(id)).await;
    }

    /// Something that the engine does not wait for: it asks again when it sees no effect.
    async fn command(
        &self,
        task: &AssignedTask,
        name: &str,
        what: &'static str,
        command: impl FnOnce(&dyn Runtime, &ContainerId) -> Result<(), RuntimeError> + Send + 'static,
    ) {
        let runtime = self.runtime.clone();
        let id = find(task, name).and_then(|container| Ok(container_id(container)?));
        let result = match id {
            Ok(id) => blocking(move || tolerate_end(command(&*runtime, &id))).await.and_then(|result| result),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = result {
            tracing::warn!(task = %task.id, container = name, error = failure.text, "cannot {what} a container");
        }
    }

    pub(super) async fn remove(&self, task: &AssignedTask, name: &str) -> Result<(), Failure> {
        let id = container_id(find(task, name)?)?;
        let runtime = self.runtime.clone();
        blocking(move || runtime.remove(&id).map_err(|error| failure(&error, true))).await?
    }

    /// Ends and removes a container that belongs to no task of this node. Its end comes as an event when it still runs.
    pub(crate) async fn remove_stranger(&self, id: ContainerId) {
        let runtime = self.runtime.clone();
        let text = id.to_string();
        let removed = blocking(move || {
            runtime.kill(&id).and_then(|()| runtime.remove(&id)).map_err(|error| match error {
                // Its end is on the way, and comes as an event.
                RuntimeError::StillRunning(_) => None,
                RuntimeError::NotFound(_)
                | RuntimeError::NotRunning(_)
                | RuntimeError::NoSuchSignal(_)
                | RuntimeError::NoTerminal
                | RuntimeError::Io { .. } => Some(failure(&error, true)),
            })
        });
        match removed.await {
            Ok(Ok(())) => tracing::info!(container = text, "removed a container of no known task"),
            Ok(Err(None)) => {}
            Ok(Err(Some(failure))) | Err(failure) => {
                tracing::warn!(
                    container = text,
                    error = failure.text,
                    "cannot remove a container of no known task"
                );
            }
        }
    }

    /// Any container of the task that lives, to take its namespace from.
    pub(super) fn ids(task: &AssignedTask) -> Vec<ContainerId> {
        task.containers.iter().filter_map(|container| container_id(container).ok()).collect()
    }

    pub(crate) fn shared_runtime(&self) -> Arc<dyn Runtime> {
        self.runtime.clone()
    }
}

/// A container that has ended, or is gone, needs no signal and no acknowledgement.
fn tolerate_end(result: Result<(), RuntimeError>) -> Result<(), Failure> {
    match result {
        Ok(()) | Err(RuntimeError::NotFound(_) | RuntimeError::NotRunning(_)) => Ok(()),
        Err(error) => Err(failure(&error, true)),
    }
}
