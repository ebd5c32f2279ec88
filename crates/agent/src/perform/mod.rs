//! Performing actions: blocking calls of the runtime, the network and the disk, and what their ends mean to the engine.
//!
//! Takes in one action with its task. Gives out the event that the engine waits for, if it waits for one. Every action may
//! be performed again: what is there already is taken for done.

mod container;
mod files;
mod image;
mod network;

use crate::board::Board;
use crate::config::Parts;
use crate::exits::Exits;
use crate::folders::Folders;
use crate::limits::{PULLS_MAX, STARTS_MAX};
use gantry_engine::{Action, Event, Failure};
use gantry_model::TaskId;
use gantry_model::view::{AssignedContainer, AssignedTask};
use gantry_runtime::api::Runtime;
use gantry_runtime::image::{ImageStore, Pull};
use gantry_runtime::network::Network;
use network::Networks;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// What performs actions; shared by all that are under way.
pub(crate) struct Performer {
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) network: Arc<dyn Network>,
    images: Arc<ImageStore>,
    pull: Arc<dyn Pull>,
    pub(crate) folders: Folders,
    pub(crate) board: Arc<Board>,
    networks: Networks,
    pulls: Semaphore,
    starts: Semaphore,
}

impl Performer {
    pub(crate) fn new(
        parts: NodeParts,
        network: Arc<dyn Network>,
        folders: Folders,
        board: Arc<Board>,
    ) -> Self {
        let NodeParts { runtime, images, pull } = parts;
        Self {
            runtime,
            network,
            images,
            pull,
            folders,
            board,
            networks: Networks::default(),
            pulls: Semaphore::new(PULLS_MAX),
            starts: Semaphore::new(STARTS_MAX),
        }
    }

    /// Does what concerns a task and is neither its record nor its report.
    pub(crate) async fn perform(&self, task: &Arc<AssignedTask>, action: Action) -> Option<Event> {
        let id = task.id;
        let event = match action {
            Action::Attach { .. } => {
                let result = timed("attach", id, self.attach(task)).await;
                Event::Attached { task: id, result }
            }
            Action::Detach { .. } => Event::Detached { task: id, result: self.detach(id).await },
            Action::MakeFiles { .. } => Event::FilesMade { task: id, result: self.make_files(task).await },
            Action::RemoveFiles { .. } => {
                Event::FilesRemoved { task: id, result: self.remove_files(id).await }
            }
            Action::Pull { image, .. } => {
                let result = timed("pull", id, self.pull(&image)).await;
                Event::Pulled { task: id, image, result }
            }
            Action::Create { container, .. } => {
                let result = timed("create", id, self.create(task, &container)).await;
                Event::Created { task: id, container, result }
            }
            Action::Start { container, .. } => {
                let result = timed("start", id, self.start(task, &container)).await;
                Event::Started { task: id, container, result }
            }
            Action::Remove { container, .. } => {
                let result = self.remove(task, &container).await;
                Event::Removed { task: id, container, result }
            }
            Action::Signal { container, signal, .. } => {
                self.signal(task, &container, signal).await;
                return None;
            }
            Action::Kill { container, .. } => {
                self.kill(task, &container).await;
                return None;
            }
            Action::AcknowledgeExit { container, .. } => {
                self.acknowledge_exit(task, &container).await;
                return None;
            }
            Action::Save { .. }
            | Action::SaveNode(_)
            | Action::Applied { .. }
            | Action::Resync
            | Action::Report(_)
            | Action::Forget { .. }
            | Action::WakeAt(_) => return None,
        };
        Some(event)
    }
}

/// Tells developers how long a step on the way to a container's first instruction took.
async fn timed<T>(step: &'static str, task: TaskId, work: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = work.await;
    tracing::debug!(%task, step, took_us = began.elapsed().as_micros() as u64, "performed");
    done
}

/// The parts of a node without its network, which may come later.
pub(crate) struct NodeParts {
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) images: Arc<ImageStore>,
    pub(crate) pull: Arc<dyn Pull>,
}

impl NodeParts {
    /// Takes apart what each side of the agent owns alone.
    pub(crate) fn split(parts: Parts) -> (Self, crate::config::NetworkFactory, Exits) {
        let Parts { runtime, exits, network, images, pull } = parts;
        (Self { runtime, images, pull }, network, exits)
    }
}

/// A container of a task by its name.
fn find<'a>(task: &'a AssignedTask, name: &str) -> Result<&'a AssignedContainer, Failure> {
    let found = task.containers.iter().find(|container| container.name == name);
    found.ok_or_else(|| Failure { text: format!("the task has no container {name}"), retryable: false })
}

/// An error with all its causes.
pub(crate) fn failure(error: &(dyn Error + 'static), retryable: bool) -> Failure {
    Failure { text: with_causes(error), retryable }
}

/// An error's text with those of its causes, outermost first.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Runs something that blocks, in a thread made for that.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    spawn_blocking(work).await.map_err(|error| failure(&error, false))
}
