//! The serial console as a stream of bytes with a memory: whatever fails shows its end.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

/// What is read at once.
const PIECE_BYTES: usize = 4096;

/// Pieces that wait: the machine prints little, and only answers.
const PIECES_MAX: usize = 64;

/// How much of the console a failure shows.
const TAIL_BYTES: usize = 4000;

/// Both directions of a console, until a deadline.
#[derive(Debug)]
pub(super) struct Console {
    input: ChildStdin,
    pieces: Receiver<Vec<u8>>,
    /// All that came.
    log: Vec<u8>,
    /// How much of it was taken.
    taken: usize,
    deadline: Instant,
}

impl Console {
    pub(super) fn new(input: ChildStdin, output: ChildStdout, deadline: Instant) -> Self {
        let (sender, pieces) = sync_channel(PIECES_MAX);
        thread::spawn(move || forward(output, &sender));
        Self { input, pieces, log: Vec::new(), taken: 0, deadline }
    }

    /// Sends a line.
    pub(super) fn send(&mut self, line: &str) {
        if let Err(error) = writeln!(self.input, "{line}").and_then(|()| self.input.flush()) {
            self.fail(&format!("cannot send {line:?}: {error}"));
        }
    }

    /// Takes everything up to the end of a line that begins so, and answers what the line holds behind that.
    pub(super) fn wait_for_line(&mut self, start: &str) -> String {
        loop {
            let line = self.take_line(start);
            let line = String::from_utf8_lossy(&line);
            if let Some(rest) = line.trim_end().strip_prefix(start) {
                return rest.to_owned();
            }
        }
    }

    /// Takes this many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> String {
        while self.log.len() < self.taken + bytes {
            self.receive("the rest of an answer");
        }
        let text = String::from_utf8_lossy(&self.log[self.taken..self.taken + bytes]).into_owned();
        self.taken += bytes;
        text
    }

    fn take_line(&mut self, what: &str) -> Vec<u8> {
        loop {
            let rest = &self.log[self.taken..];
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest[..end].to_vec();
                self.taken += end + 1;
                return line;
            }
            self.receive(what);
        }
    }

    fn receive(&mut self, what: &str) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.pieces.recv_timeout(left) {
            Ok(piece) => self.log.extend(piece),
            Err(RecvTimeoutError::Timeout) => {
                self.fail(&format!("the machine's time is over; {what:?} did not come"))
            }
            Err(RecvTimeoutError::Disconnected) => self.fail("the machine has ended"),
        }
    }

    fn fail(&self, why: &str) -> ! {
        let tail = &self.log[self.log.len().saturating_sub(TAIL_BYTES)..];
        panic!("{why}\n---- end of the console\n{}", String::from_utf8_lossy(tail));
    }
}

fn forward(mut output: ChildStdout, pieces: &SyncSender<Vec<u8>>) {
    let mut piece = [0; PIECE_BYTES];
    while let Ok(length @ 1..) = output.read(&mut piece) {
        if pieces.send(piece[..length].to_vec()).is_err() {
            return;
        }
    }
}
