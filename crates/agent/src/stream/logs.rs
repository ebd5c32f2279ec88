//! A container's output, from its files.

use super::StreamError;
use super::follow::{Follower, Followers};
use super::tail::Tail;
use crate::board::Board;
use crate::limits::TAIL_LINES_MAX;
use crate::perform::blocking;
use gantry_link::{Closed, Receiver, Sender, StreamConnection, StreamFrame};
use gantry_model::TaskId;
use gantry_model::status::ContainerStatus;
use gantry_runtime::log::{Batch, Frame, LogReader, Stream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Output that is read at once.
const READ_BYTES: usize = 256 * 1024;

/// Which part of the output is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) since_ms: Option<u64>,
    pub(super) tail_lines: Option<u64>,
}

/// Whether more output can come. The writer says so itself, unless it was killed.
pub(super) struct Ending {
    board: Arc<Board>,
    task: TaskId,
    changes: watch::Receiver<()>,
}

impl Ending {
    pub(super) fn new(board: &Arc<Board>, task: TaskId) -> Self {
        Self { board: board.clone(), task, changes: board.changes() }
    }

    /// Nothing more can come of a container that has ended, or of a task that is forgotten.
    fn has_come(&self, container: &str) -> bool {
        let Some(seen) = self.board.task(self.task) else { return true };
        let mut containers = seen.assigned.containers.iter().zip(&seen.containers);
        let found = containers.find(|(assigned, _)| assigned.name == container);
        found.is_none_or(|(_, state)| state.status == ContainerStatus::Stopped)
    }
}

/// Sends what is there and, while it is followed, what comes.
pub(super) async fn serve(
    stream: StreamConnection,
    dir: PathBuf,
    range: Range,
    followers: Option<&Followers>,
    mut ending: Ending,
) -> Result<(), StreamError> {
    let StreamConnection { mut receiver, sender } = stream;
    let container = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let follower = follow(followers, &dir)?;
    let mut output = Output { reader: LogReader::new(&dir, 0), sender, range };
    if output.begin().await?.is_break() {
        return Ok(());
    }
    loop {
        let over = follower.is_none() || ending.has_come(&container);
        match output.pass_on().await? {
            Passed::Some => continue,
            Passed::Nothing if !over => {}
            Passed::Nothing | Passed::End => return output.end().await,
            Passed::Gone => return Ok(()),
        }
        let Some(follower) = &follower else { return output.end().await };
        tokio::select! {
            () = follower.news() => {}
            changed = ending.changes.changed() => if changed.is_err() { return output.end().await },
            () = reader_gone(&mut receiver) => return Ok(()),
        }
    }
}

/// A container that has written nothing yet has no folder: that is no error, and nothing to follow.
fn follow(followers: Option<&Followers>, dir: &Path) -> Result<Option<Follower>, StreamError> {
    match followers {
        Some(followers) if dir.exists() => followers.follow(dir).map(Some).map_err(StreamError::Output),
        Some(_) | None => Ok(None),
    }
}

/// A reader says nothing; whatever comes from it, an end or an error, is its end.
async fn reader_gone(receiver: &mut Receiver<StreamFrame>) {
    while let Ok(Some(_)) = receiver.recv().await {}
}

/// The way from the files to the reader.
struct Output {
    reader: LogReader,
    sender: Sender<StreamFrame>,
    range: Range,
}

/// What passing on has done.
enum Passed {
    Some,
    Nothing,
    /// The writer said that nothing follows.
    End,
    /// The reader is gone.
    Gone,
}

impl Output {
    /// Where only the last lines are wanted: reads everything that is there and sends those.
    async fn begin(&mut self) -> Result<std::ops::ControlFlow<()>, StreamError> {
        let Some(lines) = self.range.tail_lines else { return Ok(std::ops::ControlFlow::Continue(())) };
        let mut tail = Tail::new(lines.min(TAIL_LINES_MAX));
        loop {
            let batch = self.read().await?;
            self.wanted(&batch).for_each(|frame| tail.put(frame));
            if batch.ended || batch.frames.is_empty() {
                break;
            }
        }
        for frame in tail.take() {
            if self.send(&frame).await.is_err() {
                return Ok(std::ops::ControlFlow::Break(()));
            }
        }
        Ok(std::ops::ControlFlow::Continue(()))
    }

    async fn pass_on(&mut self) -> Result<Passed, StreamError> {
        let batch = self.read().await?;
        if batch.lost_bytes > 0
            && self.sender.send(StreamFrame::Lost { bytes: batch.lost_bytes }).await.is_err()
        {
            return Ok(Passed::Gone);
        }
        for frame in self.wanted(&batch) {
            if self.send(frame).await.is_err() {
                return Ok(Passed::Gone);
            }
        }
        Ok(match (batch.ended, batch.frames.is_empty()) {
            (true, _) => Passed::End,
            (false, true) => Passed::Nothing,
            (false, false) => Passed::Some,
        })
    }

    fn wanted<'a>(&self, batch: &'a Batch) -> impl Iterator<Item = &'a Frame> + use<'a> {
        let since_ms = self.range.since_ms.unwrap_or(0);
        batch.frames.iter().filter(move |frame| frame.time_ms >= since_ms)
    }

    async fn read(&mut self) -> Result<Batch, StreamError> {
        let mut reader = std::mem::replace(&mut self.reader, LogReader::new(Path::new(""), 0));
        let read = blocking(move || {
            let batch = reader.read(READ_BYTES);
            (reader, batch)
        });
        let (reader, batch) = read.await.map_err(|failure| StreamError::Broken(failure.text))?;
        self.reader = reader;
        batch.map_err(StreamError::Output)
    }

    async fn send(&self, frame: &Frame) -> Result<(), Closed> {
        let (time_ms, data) = (frame.time_ms, frame.data.clone());
        let frame = match frame.stream {
            Stream::Stdout => StreamFrame::Stdout { time_ms, data },
            Stream::Stderr => StreamFrame::Stderr { time_ms, data },
            Stream::Dropped => StreamFrame::Lost { bytes: dropped_bytes(&data) },
            Stream::End => return Ok(()),
        };
        self.sender.send(frame).await
    }

    async fn end(&self) -> Result<(), StreamError> {
        // A reader that is gone needs no end.
        let _ = self.sender.send(StreamFrame::End).await;
        Ok(())
    }
}

/// The writer's note of how much it could not write: decimal digits.
fn dropped_bytes(data: &[u8]) -> u64 {
    std::str::from_utf8(data).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}
