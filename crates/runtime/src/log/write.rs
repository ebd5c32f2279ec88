//! The writing side, in the shim: never blocks on a reader, never uses more disk than it may.

use super::frame::{HEADER_BYTES, Stream, header};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, ftruncate, openat, unlinkat};
use rustix::io::{Errno, writev};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;

/// How much of the output is kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct LogLimits {
    pub(crate) segment_bytes_max: u64,
    pub(crate) segments_max: u32,
}

/// Appends frames to a folder's last segment.
pub(crate) struct LogWriter {
    dir: OwnedFd,
    limits: LogLimits,
    /// Positions of the segments on disk; the last is the open one.
    segments: VecDeque<u64>,
    file: OwnedFd,
    /// Bytes in the open segment.
    length: u64,
    /// Bytes of output that found no room since the last frame that did.
    dropped_bytes: u64,
}

/// Name of the segment whose first frame is at `position`.
pub(super) fn segment_name(position: u64) -> String {
    format!("{position:020}.log")
}

/// The position in a segment's name; `None` for any other file.
pub(super) fn segment_position(name: &str) -> Option<u64> {
    name.strip_suffix(".log").filter(|digits| digits.len() == 20)?.parse().ok()
}

impl LogWriter {
    /// Goes on behind what the folder holds already.
    pub(crate) fn open(dir: OwnedFd, limits: LogLimits) -> io::Result<LogWriter> {
        let mut segments = positions(&dir)?;
        if segments.is_empty() {
            segments.push_back(0);
        }
        let last = *segments.back().expect("one was added if there was none");
        let file = open_segment(&dir, last)?;
        let length = rustix::fs::fstat(&file)?.st_size as u64;
        Ok(LogWriter { dir, limits, segments, file, length, dropped_bytes: 0 })
    }

    /// Appends one frame. What cannot be written is counted, and told by a frame as soon as there is room again.
    pub(crate) fn append(&mut self, stream: Stream, time_ms: u64, data: &[u8]) {
        if self.dropped_bytes > 0 {
            let count = self.dropped_bytes.to_string();
            if self.try_append(Stream::Dropped, time_ms, count.as_bytes()).is_ok() {
                self.dropped_bytes = 0;
            }
        }
        if self.dropped_bytes > 0 || self.try_append(stream, time_ms, data).is_err() {
            self.dropped_bytes += data.len() as u64;
        }
    }

    fn try_append(&mut self, stream: Stream, time_ms: u64, data: &[u8]) -> io::Result<()> {
        if self.length >= self.limits.segment_bytes_max {
            self.rotate()?;
        }
        let head = header(stream, time_ms, data.len());
        if let Err(error) = write_all(&self.file, &head, data) {
            // A part of a frame would hide everything behind it.
            ftruncate(&self.file, self.length)?;
            return Err(error);
        }
        self.length += (HEADER_BYTES + data.len()) as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let next = self.segments.back().expect("one segment is always open") + self.length;
        self.file = open_segment(&self.dir, next)?;
        self.length = 0;
        self.segments.push_back(next);
        while self.segments.len() > self.limits.segments_max.max(2) as usize {
            let oldest = self.segments.pop_front().expect("there are more than two");
            unlinkat(&self.dir, segment_name(oldest), AtFlags::empty())?;
        }
        Ok(())
    }
}

fn positions(dir: &OwnedFd) -> io::Result<VecDeque<u64>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(dir)? {
        found.extend(entry?.file_name().to_str().ok().and_then(segment_position));
    }
    found.sort_unstable();
    Ok(found.into())
}

fn open_segment(dir: &OwnedFd, position: u64) -> io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    Ok(openat(dir, segment_name(position), flags, Mode::from_raw_mode(0o600))?)
}

/// Both parts, in one call as long as the disk takes them whole.
fn write_all(file: &OwnedFd, mut head: &[u8], mut data: &[u8]) -> io::Result<()> {
    while !(head.is_empty() && data.is_empty()) {
        match writev(file, &[IoSlice::new(head), IoSlice::new(data)]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                let of_head = written.min(head.len());
                head = &head[of_head..];
                data = &data[written - of_head..];
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
