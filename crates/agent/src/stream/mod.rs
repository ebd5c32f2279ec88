//! Streams that the control plane asks for: a container's output, or a further process in one. Each has a connection of its
//! own, so that a reader who takes nothing holds up nobody but its own stream.

mod exec;
mod follow;
mod logs;
mod tail;

use crate::limits::STREAMS_MAX;
use crate::perform::{Performer, with_causes};
use follow::Followers;
use gantry_engine::TaskSeen;
use gantry_link::{Dialer, StreamConnection, StreamFrame, StreamHello, StreamId, StreamRequest, open_stream};
use gantry_model::view::AssignedContainer;
use gantry_model::{NodeId, TaskId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

/// The streams of a node.
#[derive(Clone)]
pub(crate) struct Streams {
    dialer: Dialer,
    node: NodeId,
    performer: Arc<Performer>,
    followers: Followers,
    room: Arc<Semaphore>,
    open: Arc<Mutex<BTreeMap<StreamId, AbortHandle>>>,
}

/// Why a stream is not served; the text is shown to whoever asked for it.
#[derive(Debug, thiserror::Error)]
enum StreamError {
    #[error("this node serves {STREAMS_MAX} streams already")]
    TooMany,
    #[error("the task {0} is not on this node")]
    NoTask(TaskId),
    #[error("the task has no container {0}")]
    NoContainer(String),
    #[error("the container {0} is not running")]
    NotRunning(String),
    #[error("cannot read the container's output")]
    Output(#[source] std::io::Error),
    #[error("cannot run the command")]
    Exec(#[from] gantry_runtime::api::ExecError),
    #[error("cannot connect the command's input and output")]
    Pipe(#[source] std::io::Error),
    #[error("the node failed to serve the stream: {0}")]
    Broken(String),
}

impl Streams {
    pub(crate) fn new(dialer: Dialer, node: NodeId, performer: Arc<Performer>) -> Self {
        let room = Arc::new(Semaphore::new(STREAMS_MAX));
        Self { dialer, node, performer, followers: Followers::default(), room, open: Arc::default() }
    }

    /// Brings a stream.
    pub(crate) fn open(&self, session: u64, stream: StreamId, request: StreamRequest) {
        let this = self.clone();
        let hello = StreamHello { node: self.node, session, stream };
        let mut open = self.lock();
        let serving = tokio::spawn(async move {
            this.bring(hello, request).await;
            this.lock().remove(&stream);
        });
        open.insert(stream, serving.abort_handle());
    }

    /// Ends a stream.
    pub(crate) fn close(&self, stream: StreamId) {
        if let Some(serving) = self.lock().remove(&stream) {
            serving.abort();
        }
    }

    async fn bring(&self, hello: StreamHello, request: StreamRequest) {
        let opened = async { open_stream(self.dialer.dial().await?, hello).await };
        let stream = match opened.await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "cannot bring a stream");
                return;
            }
        };
        let sender = stream.sender.clone();
        let served = match self.room.try_acquire() {
            Ok(_place) => self.serve(stream, request).await,
            Err(_) => Err(StreamError::TooMany),
        };
        if let Err(error) = served {
            // Whoever asked may have gone away.
            let _ = sender.send(StreamFrame::Error { text: with_causes(&error) }).await;
        }
    }

    async fn serve(&self, stream: StreamConnection, request: StreamRequest) -> Result<(), StreamError> {
        match request {
            StreamRequest::Logs { task, container, follow, since_ms, tail_lines } => {
                let dir = self.performer.folders.container_logs(task, &logged(container)?);
                let range = logs::Range { since_ms, tail_lines };
                let ended = logs::Ending::new(&self.performer.board, task);
                let follow = follow.then_some(&self.followers);
                logs::serve(stream, dir, range, follow, ended).await
            }
            StreamRequest::Exec { task, container, command, env, tty } => {
                let seen = self.performer.board.task(task).ok_or(StreamError::NoTask(task))?;
                let order = exec::Order { command, env, tty };
                exec::serve(stream, self.performer.shared_runtime(), running(&seen, &container)?, order).await
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, AbortHandle>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Output outlives its task, so the name is not looked up; it becomes part of a path and must be a name.
fn logged(container: String) -> Result<String, StreamError> {
    if gantry_model::name::is_name(&container) {
        Ok(container)
    } else {
        Err(StreamError::NoContainer(container))
    }
}

fn running<'a>(seen: &'a TaskSeen, name: &str) -> Result<&'a AssignedContainer, StreamError> {
    let mut containers = seen.assigned.containers.iter().zip(&seen.containers);
    let found = containers.find(|(assigned, _)| assigned.name == name);
    let (assigned, state) = found.ok_or_else(|| StreamError::NoContainer(name.to_owned()))?;
    let runs = state.status == gantry_model::status::ContainerStatus::Running;
    if runs { Ok(assigned) } else { Err(StreamError::NotRunning(name.to_owned())) }
}
