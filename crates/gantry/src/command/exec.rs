//! `gantry exec`: a further process in a container, with this terminal if there is one.

use super::client;
use crate::cli::Invocation;
use crate::exit::Exit;
use anyhow::{Result, bail};
use gantry_controlplane::api::Exec;
use gantry_controlplane::frames;
use gantry_link::StreamFrame;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{Read, Write, stderr, stdin, stdout};
use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Arguments of `gantry exec`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task, or a family or cluster with one task that runs
    name: String,

    /// Which container; the only one where none is named
    #[arg(long)]
    container: Option<String>,

    /// No terminal for the process, even if there is one here
    #[arg(short = 'T', long)]
    no_terminal: bool,

    /// Program and arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Bytes of input that are sent at once.
const INPUT_BYTES: usize = 16 * 1024;

/// Frames that wait to be sent: input comes no faster than it is taken.
const FRAMES_MAX: usize = 16;

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let terminal = (!args.no_terminal && isatty(stdin()) && isatty(stdout())).then(size).transpose()?;
    let exec = Exec { task: args.name, container: args.container, command: args.command, terminal };
    let connection = client(invocation)?.exec(&exec).await?;
    let _raw = terminal.map(|_| RawTerminal::enter()).transpose()?;
    let (from_server, to_server) = split(connection);
    let (send, frames) = mpsc::channel(FRAMES_MAX);
    let input = send.clone();
    std::thread::spawn(move || read_input(&input));
    if terminal.is_some() {
        tokio::spawn(watch_size(send));
    }
    let sending = tokio::spawn(write_frames(frames, to_server));
    let ended = show_output(from_server).await;
    sending.abort();
    ended
}

/// Rows and columns of this terminal.
fn size() -> Result<(u16, u16)> {
    let size = tcgetwinsize(stdout())?;
    Ok((size.ws_row, size.ws_col))
}

/// The terminal without its own line editing, until this is dropped.
struct RawTerminal(Termios);

impl RawTerminal {
    fn enter() -> Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing any more.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}

/// Reads input in a thread of its own, which ends with the process: nothing waits for a key that nobody presses.
fn read_input(frames: &mpsc::Sender<StreamFrame>) {
    let mut buffer = vec![0; INPUT_BYTES];
    loop {
        let frame = match stdin().lock().read(&mut buffer) {
            Ok(0) | Err(_) => StreamFrame::StdinEnd,
            Ok(count) => StreamFrame::Stdin(buffer[..count].to_vec()),
        };
        let last = frame == StreamFrame::StdinEnd;
        if frames.blocking_send(frame).is_err() || last {
            return;
        }
    }
}

async fn watch_size(frames: mpsc::Sender<StreamFrame>) {
    let Ok(mut resized) = signal(SignalKind::window_change()) else { return };
    while resized.recv().await.is_some() {
        let Ok((rows, columns)) = size() else { return };
        if frames.send(StreamFrame::Resize { rows, columns }).await.is_err() {
            return;
        }
    }
}

async fn write_frames(mut frames: mpsc::Receiver<StreamFrame>, mut to: WriteHalf<TokioIo<Upgraded>>) {
    while let Some(frame) = frames.recv().await {
        if frames::write(&mut to, &frame).await.is_err() {
            return;
        }
    }
    // Both senders are gone; the connection stays open for the output.
    std::future::pending().await
}

/// Prints what comes, until the process has ended.
async fn show_output(mut from: ReadHalf<TokioIo<Upgraded>>) -> Result<Exit> {
    loop {
        match frames::read(&mut from).await? {
            Some(StreamFrame::Stdout { data, .. }) => {
                stdout().write_all(&data)?;
                stdout().flush()?;
            }
            Some(StreamFrame::Stderr { data, .. }) => stderr().write_all(&data)?,
            Some(StreamFrame::Exit { code }) => {
                return Ok(Exit::Process(u8::try_from(code).unwrap_or(u8::MAX)));
            }
            Some(StreamFrame::Error { text }) => bail!("{text}"),
            Some(StreamFrame::End) | None => bail!("the connection ended before the process"),
            // Servers do not send these.
            Some(
                StreamFrame::Stdin(_)
                | StreamFrame::StdinEnd
                | StreamFrame::Lost { .. }
                | StreamFrame::Resize { .. },
            ) => {}
        }
    }
}
