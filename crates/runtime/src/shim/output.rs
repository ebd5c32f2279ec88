//! The container's output: from its pipes, or its terminal, to the log.

use super::buffer::Buffer;
use crate::log::{DATA_BYTES_MAX, LogWriter, Stream};
use crate::sys::ready::wait_for_any;
use crate::sys::time::now_ms;
use rustix::event::PollFlags;
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// How long output is read after the container's end, when something else still holds the pipes open.
const DRAIN_LIMIT: Duration = Duration::from_millis(100);

/// The reading ends, and where they lead.
pub(super) struct Output {
    sources: Vec<(Stream, OwnedFd)>,
    log: LogWriter,
    buffer: Buffer,
    buffer_is_used: bool,
}

impl Output {
    /// Each stream has one source.
    pub(super) fn new(sources: Vec<(Stream, OwnedFd)>, log: LogWriter) -> io::Result<Output> {
        Ok(Output { sources, log, buffer: Buffer::new(DATA_BYTES_MAX)?, buffer_is_used: false })
    }

    /// The sources that are not at their end.
    pub(super) fn sources(&self) -> impl Iterator<Item = (Stream, BorrowedFd<'_>)> {
        self.sources.iter().map(|(stream, fd)| (*stream, fd.as_fd()))
    }

    /// Whether a time without output would give memory back.
    pub(super) fn can_release(&self) -> bool {
        self.buffer_is_used
    }

    /// It is quiet.
    pub(super) fn release(&mut self) {
        self.buffer.release();
        self.buffer_is_used = false;
    }

    /// Moves one piece from a source that is ready. One at its end is dropped; a terminal tells its end by an error.
    pub(super) fn read(&mut self, ready: Stream) {
        let Some((_, source)) = self.sources.iter().find(|(stream, _)| *stream == ready) else { return };
        let bytes = self.buffer.bytes();
        match rustix::io::read(source, &mut *bytes) {
            Ok(length) if length > 0 => {
                self.log.append(ready, now_ms(), &bytes[..length]);
                self.buffer_is_used = true;
            }
            Err(Errno::INTR) => {}
            _ => self.sources.retain(|(stream, _)| *stream != ready),
        }
    }

    /// After the container's end: reads what is left, for a bounded time, and closes the log.
    pub(super) fn drain(mut self) {
        let deadline = Instant::now() + DRAIN_LIMIT;
        while !self.sources.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            let sources: Vec<_> = self.sources().map(|(stream, fd)| (stream, fd, PollFlags::IN)).collect();
            let Some(ready) = wait_for_any(&sources, Some(left)) else { break };
            ready.into_iter().for_each(|stream| self.read(stream));
        }
        self.log.append(Stream::End, now_ms(), &[]);
    }
}
