//! A further process in a container, its input and output on the stream.

use super::StreamError;
use crate::clock::wall_ms;
use crate::perform::blocking;
use crate::spec::container_id;
use gantry_link::{Receiver, STREAM_DATA_BYTES_MAX, Sender, StreamConnection, StreamFrame};
use gantry_model::view::AssignedContainer;
use gantry_runtime::api::{ExecError, ExecHandle, ExecSpec, Runtime, WindowSize};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long output may still come after the process has ended: its children may hold the pipes for ever.
const DRAIN_LIMIT: Duration = Duration::from_millis(500);

const SIGKILL: i32 = 9;

/// What to run.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) command: Vec<String>,
    pub(super) env: Vec<String>,
    pub(super) tty: Option<(u16, u16)>,
}

/// A process that is killed when nobody is connected to it any more.
struct Process(Arc<dyn ExecHandle>);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.signal(SIGKILL);
    }
}

/// Our ends of its pipes.
struct Pipes {
    stdin: pipe::Sender,
    stdout: pipe::Receiver,
    stderr: pipe::Receiver,
}

/// Runs the command until it or its user ends.
pub(super) async fn serve(
    stream: StreamConnection,
    runtime: Arc<dyn Runtime>,
    container: &AssignedContainer,
    order: Order,
) -> Result<(), StreamError> {
    let StreamConnection { receiver, sender } = stream;
    let (pipes, theirs) = pipes().map_err(StreamError::Pipe)?;
    let process = start(runtime, container, order, theirs).await?;
    let Pipes { stdin, stdout, stderr } = pipes;
    let output = async {
        tokio::join!(pass_on(stdout, &sender, stdout_frame), pass_on(stderr, &sender, stderr_frame));
    };
    let mut output = std::pin::pin!(output);
    let ended = {
        let handle = process.0.clone();
        spawn_blocking(move || handle.wait())
    };
    let mut ended = std::pin::pin!(ended);
    let mut drained = false;
    let mut input = std::pin::pin!(take_input(receiver, stdin, &process));
    let code = loop {
        tokio::select! {
            code = &mut ended => break code.map_err(|error| StreamError::Broken(error.to_string()))??,
            () = &mut output, if !drained => drained = true,
            () = &mut input => return Ok(()),
        }
    };
    if !drained {
        // What its children say later belongs to nobody.
        let _ = timeout(DRAIN_LIMIT, output).await;
    }
    // Its user may be gone.
    let _ = sender.send(StreamFrame::Exit { code }).await;
    Ok(())
}

fn pipes() -> std::io::Result<(Pipes, [OwnedFd; 3])> {
    let (stdin, their_stdin) = pipe::pipe()?;
    let (their_stdout, stdout) = pipe::pipe()?;
    let (their_stderr, stderr) = pipe::pipe()?;
    let theirs =
        [their_stdin.into_blocking_fd()?, their_stdout.into_blocking_fd()?, their_stderr.into_blocking_fd()?];
    Ok((Pipes { stdin, stdout, stderr }, theirs))
}

async fn start(
    runtime: Arc<dyn Runtime>,
    container: &AssignedContainer,
    order: Order,
    stdio: [OwnedFd; 3],
) -> Result<Process, StreamError> {
    let id = container_id(container).map_err(|error| StreamError::Broken(error.to_string()))?;
    let tty = order.tty.map(|(rows, columns)| WindowSize { rows, columns });
    let spec = ExecSpec { args: order.command, env: order.env, tty, ..ExecSpec::default() };
    let started: Result<Result<_, ExecError>, _> = blocking(move || runtime.exec(&id, spec, stdio)).await;
    let handle = started.map_err(|failure| StreamError::Broken(failure.text))??;
    Ok(Process(Arc::from(handle)))
}

/// Passes on what the user says; completes when the user is gone.
async fn take_input(mut receiver: Receiver<StreamFrame>, stdin: pipe::Sender, process: &Process) {
    let mut stdin = Some(stdin);
    while let Ok(Some(frame)) = receiver.recv().await {
        match frame {
            StreamFrame::Stdin(data) => {
                let write = async { stdin.as_mut()?.write_all(&data).await.ok() };
                if write.await.is_none() {
                    stdin = None;
                }
            }
            StreamFrame::StdinEnd => stdin = None,
            StreamFrame::Resize { rows, columns } => {
                // A process without a terminal has no size.
                let _ = process.0.resize(WindowSize { rows, columns });
            }
            StreamFrame::Stdout { .. }
            | StreamFrame::Stderr { .. }
            | StreamFrame::Lost { .. }
            | StreamFrame::Exit { .. }
            | StreamFrame::Error { .. }
            | StreamFrame::End => {}
        }
    }
}

/// Passes output on to its end, or as long as there is a user.
async fn pass_on(mut from: pipe::Receiver, to: &Sender<StreamFrame>, frame: fn(u64, Vec<u8>) -> StreamFrame) {
    let mut buffer = vec![0; STREAM_DATA_BYTES_MAX];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if to.send(frame(wall_ms(), buffer[..length].to_vec())).await.is_err() {
            return;
        }
    }
}

fn stdout_frame(time_ms: u64, data: Vec<u8>) -> StreamFrame {
    StreamFrame::Stdout { time_ms, data }
}

fn stderr_frame(time_ms: u64, data: Vec<u8>) -> StreamFrame {
    StreamFrame::Stderr { time_ms, data }
}
