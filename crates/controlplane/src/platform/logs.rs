//! `GET logs`: the output of every container that a name means, merged, one JSON document per line.

use super::names::{Resource, resolve};
use super::output::{ContainerOutput, Wanted};
use super::{Asked, NOT_FOUND};
use crate::api::LogLine;
use crate::http::{Body, STREAM_CHUNKS_MAX};
use crate::published::Published;
use crate::sessions::Sessions;
use crate::stop::Stop;
use gantry_model::TaskId;
use gantry_model::record::Task;
use gantry_wire::Fault;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Containers that are read at once: more cannot be followed by eye, and each holds a connection of its node.
const STREAMS_MAX: usize = 100;

/// Parameters: `name`, `container`, `follow`, `tail` (lines of each container), `since` (milliseconds since 1970).
pub(super) fn logs(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let word = asked.required("name")?;
    let container = asked.text("container");
    let wanted = Wanted {
        follow: asked.flag("follow")?,
        since_ms: asked.parsed("since")?,
        tail_lines: asked.parsed("tail")?,
    };
    let state = asked.plane.published.state();
    let resource = resolve(&state, &asked.caller.scope, &word)?;
    if resource.tasks(&state).is_empty() {
        return Err(Fault::new(NOT_FOUND, format!("'{word}' has no task whose output is kept.")));
    }
    let (lines, body) = mpsc::channel(STREAM_CHUNKS_MAX);
    let (sessions, published) = (asked.plane.sessions.clone(), asked.plane.published.clone());
    let (stop, seen) = (asked.plane.stop.clone(), BTreeSet::new());
    let sources = Sources { sessions, published, resource, container, wanted, stop, seen };
    tokio::spawn(async move {
        match sources.wanted.follow {
            true => sources.follow(lines).await,
            false => sources.read_in_turn(lines).await,
        }
    });
    let response = Response::builder().header(CONTENT_TYPE, "application/x-ndjson");
    Ok(response.body(Body::Stream(body)).expect("the head is made of constants"))
}

/// Where the lines of one request come from.
struct Sources {
    sessions: Arc<Sessions>,
    published: Arc<Published>,
    resource: Resource,
    /// The one container of each task that is wanted; all where none is named.
    container: Option<String>,
    wanted: Wanted,
    stop: Stop,
    /// Containers that were taken already.
    seen: BTreeSet<(TaskId, String)>,
}

impl Sources {
    /// Sends what there is, one container after the other, the oldest task first.
    async fn read_in_turn(mut self, out: mpsc::Sender<Bytes>) {
        for (task, container) in self.fresh() {
            forward(&self.sessions, &task, &container, &self.wanted, &out).await;
        }
    }

    /// Sends what comes, from all containers side by side, and from those that are made meanwhile. A single task ends it.
    async fn follow(mut self, out: mpsc::Sender<Bytes>) {
        let mut changes = self.published.changes();
        let mut reading = JoinSet::new();
        loop {
            self.start(&mut reading, &out);
            tokio::select! {
                Some(_) = reading.join_next() => {}
                changed = changes.changed() => if changed.is_err() { return },
                () = out.closed() => return,
                () = self.stop.wished() => return,
            }
            if reading.is_empty() && matches!(self.resource, Resource::Task(_)) {
                return;
            }
        }
    }

    fn start(&mut self, reading: &mut JoinSet<()>, out: &mpsc::Sender<Bytes>) {
        if reading.len() >= STREAMS_MAX {
            return;
        }
        for (task, container) in self.fresh() {
            let (sessions, wanted, out) = (self.sessions.clone(), self.wanted.clone(), out.clone());
            reading.spawn(async move { forward(&sessions, &task, &container, &wanted, &out).await });
        }
    }

    /// Containers that were not there before; of many, the newest.
    fn fresh(&mut self) -> Vec<(Arc<Task>, String)> {
        let mut found = Vec::new();
        for task in self.resource.tasks(&self.published.state()) {
            let names = task.spec.containers.iter().map(|identity| identity.name.clone());
            let asked = names.filter(|name| self.container.as_ref().is_none_or(|wanted| wanted == name));
            for name in asked {
                if self.seen.insert((task.id, name.clone())) {
                    found.push((task.clone(), name));
                }
            }
        }
        let too_many = found.len().saturating_sub(STREAMS_MAX);
        found.split_off(too_many)
    }
}

/// Sends the lines of one container as documents, until its output or its reader ends.
async fn forward(
    sessions: &Sessions,
    task: &Task,
    container: &str,
    wanted: &Wanted,
    out: &mpsc::Sender<Bytes>,
) {
    let mut output = ContainerOutput::open(sessions, task, container, wanted).await;
    while let Some(lines) = output.next().await {
        for line in &lines {
            if out.send(document(line)).await.is_err() {
                return;
            }
        }
    }
}

fn document(line: &LogLine) -> Bytes {
    let mut text = serde_json::to_vec(line).expect("a line is plain text");
    text.push(b'\n');
    text.into()
}
