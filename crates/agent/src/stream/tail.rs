//! The last lines of an output.

use gantry_runtime::log::{Frame, Stream};
use std::collections::VecDeque;

/// Most bytes that are held for a reader who wants the end of an output.
const TAIL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Keeps the last lines of what is put in.
#[derive(Debug)]
pub(super) struct Tail {
    pieces: VecDeque<Frame>,
    lines: u64,
    bytes: usize,
    lines_max: u64,
}

impl Tail {
    pub(super) fn new(lines_max: u64) -> Self {
        Self { pieces: VecDeque::new(), lines: 0, bytes: 0, lines_max }
    }

    /// One more frame of output. A line without its end counts once something follows it.
    pub(super) fn put(&mut self, frame: &Frame) {
        for line in frame.data.split_inclusive(|byte| *byte == b'\n') {
            let piece = Frame { stream: frame.stream, time_ms: frame.time_ms, data: line.to_vec() };
            self.lines += u64::from(ends_line(&piece));
            self.bytes += line.len();
            self.pieces.push_back(piece);
            self.shrink();
        }
    }

    /// What is kept, in order.
    pub(super) fn take(self) -> impl Iterator<Item = Frame> {
        self.pieces.into_iter()
    }

    fn shrink(&mut self) {
        let open = self.pieces.back().is_some_and(|last| !ends_line(last));
        while self.lines + u64::from(open) > self.lines_max || self.bytes > TAIL_BYTES_MAX {
            let Some(first) = self.pieces.pop_front() else { return };
            self.bytes -= first.data.len();
            self.lines -= u64::from(ends_line(&first));
        }
    }
}

fn ends_line(piece: &Frame) -> bool {
    matches!(piece.stream, Stream::Stdout | Stream::Stderr) && piece.data.ends_with(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(lines_max: u64, frames: &[&str]) -> String {
        let mut tail = Tail::new(lines_max);
        for text in frames {
            tail.put(&Frame { stream: Stream::Stdout, time_ms: 1, data: text.as_bytes().to_vec() });
        }
        String::from_utf8(tail.take().flat_map(|frame| frame.data).collect()).unwrap()
    }

    #[test]
    fn the_last_lines_are_kept_however_they_were_written() {
        assert_eq!(tail(2, &["a\nb\nc\n"]), "b\nc\n");
        assert_eq!(tail(2, &["a\nb", "b\nc", "c\n"]), "bb\ncc\n");
        assert_eq!(tail(2, &["a\nb\nc"]), "b\nc");
        assert_eq!(tail(9, &["a\n", "b\n"]), "a\nb\n");
        assert_eq!(tail(0, &["a\nb"]), "");
    }
}
