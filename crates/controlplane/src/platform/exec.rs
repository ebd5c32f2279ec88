//! `POST exec`: a further process in a container. The connection is upgraded to [`frames`] in both directions.

use super::names::resolve;
use super::{Asked, CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE, frames};
use crate::api::{EXEC_PROTOCOL, Exec};
use crate::explain::task_name;
use crate::http::Body;
use gantry_link::{Receiver, Sender, StreamConnection, StreamFrame, StreamRequest};
use gantry_model::record::Task;
use gantry_model::status::TaskStatus;
use gantry_wire::Fault;
use hyper::header::{CONNECTION, UPGRADE};
use hyper::upgrade::OnUpgrade;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, split};

/// The body is an [`Exec`] document.
pub(super) async fn exec(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let wanted: Exec = serde_json::from_slice(&asked.request.body)
        .map_err(|error| Fault::new(INVALID, format!("The body is not understood: {error}.")))?;
    require_upgrade(asked)?;
    if wanted.command.is_empty() {
        return Err(Fault::new(INVALID, "The command is empty."));
    }
    let task = running_task(asked, &wanted.task)?;
    let request = StreamRequest::Exec {
        task: task.id,
        container: container(&task, wanted.container)?,
        command: wanted.command,
        env: Vec::new(),
        tty: wanted.terminal,
    };
    let opened = asked.plane.sessions.open_stream(task.spec.node, request).await;
    let stream = opened.map_err(|error| Fault::new(UNAVAILABLE, error.to_string()))?;
    tokio::spawn(relay(asked.request.upgrade.clone(), stream));
    let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
    let response = response.header(CONNECTION, "upgrade").header(UPGRADE, EXEC_PROTOCOL);
    Ok(response.body(Body::empty()).expect("the head is made of constants"))
}

fn require_upgrade(asked: &Asked<'_>) -> Result<(), Fault> {
    let upgrade = asked.request.headers.get(UPGRADE);
    if upgrade.is_some_and(|protocol| protocol == EXEC_PROTOCOL) {
        return Ok(());
    }
    Err(Fault::new(INVALID, format!("The request must ask to upgrade to {EXEC_PROTOCOL}.")))
}

/// The one running task that a name means.
fn running_task(asked: &Asked<'_>, word: &str) -> Result<Arc<Task>, Fault> {
    let state = asked.plane.published.state();
    let tasks = resolve(&state, &asked.caller.scope, word)?.tasks(&state);
    let mut running = tasks.iter().filter(|task| task.observed.status == TaskStatus::Running);
    match (running.next(), running.next()) {
        (Some(task), None) => Ok(task.clone()),
        (None, _) => Err(Fault::new(NOT_FOUND, format!("'{word}' has no task that runs."))),
        (Some(one), Some(other)) => {
            let (one, other) = (task_name(one), task_name(other));
            Err(Fault::new(CONFLICT, format!("'{word}' has several tasks that run: {one}, {other}, …")))
        }
    }
}

fn container(task: &Task, wanted: Option<String>) -> Result<String, Fault> {
    let names: Vec<&str> = task.spec.containers.iter().map(|identity| identity.name.as_str()).collect();
    match (wanted, names.as_slice()) {
        (Some(name), _) if names.contains(&name.as_str()) => Ok(name),
        (None, [only]) => Ok((*only).to_owned()),
        (None, _) => Err(Fault::new(INVALID, format!("Say which container: {}.", names.join(", ")))),
        (Some(name), _) => {
            Err(Fault::new(NOT_FOUND, format!("There is no container '{name}', only {}.", names.join(", "))))
        }
    }
}

/// Carries frames between client and node until either side ends; the node ends the process when its stream closes.
async fn relay(upgrade: OnUpgrade, stream: StreamConnection) {
    let Ok(upgraded) = upgrade.await else { return };
    let (from_client, to_client) = split(TokioIo::new(upgraded));
    tokio::select! {
        () = inward(from_client, stream.sender) => {}
        () = outward(stream.receiver, to_client) => {}
    }
}

async fn inward(mut client: impl AsyncRead + Unpin, node: Sender<StreamFrame>) {
    while let Ok(Some(frame)) = frames::read(&mut client).await {
        if node.send(frame).await.is_err() {
            // What the node still had to say is on its way to the client.
            return std::future::pending().await;
        }
    }
}

async fn outward(mut node: Receiver<StreamFrame>, mut client: impl AsyncWrite + Unpin) {
    loop {
        let frame = match node.recv().await {
            Ok(Some(frame)) => frame,
            Ok(None) => return,
            Err(error) => StreamFrame::Error { text: error.to_string() },
        };
        let last = matches!(frame, StreamFrame::Exit { .. } | StreamFrame::Error { .. } | StreamFrame::End);
        if frames::write(&mut client, &frame).await.is_err() || last {
            return;
        }
    }
}
