//! Bytes from one descriptor to another, a piece at a time, never waiting for either.

use rustix::event::PollFlags;
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A pipe that is ready to be written takes this much without waiting (PIPE_BUF).
const PIECE: usize = 4_096;

/// One direction.
pub(super) struct Pump {
    from: Option<OwnedFd>,
    to: OwnedFd,
    pending: Vec<u8>,
}

impl Pump {
    pub(super) fn new(from: OwnedFd, to: OwnedFd) -> Pump {
        Pump { from: Some(from), to, pending: Vec::new() }
    }

    /// What to wait for; nothing when the source is at its end and all is written.
    pub(super) fn interest(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        if !self.pending.is_empty() {
            return Some((self.to.as_fd(), PollFlags::OUT));
        }
        self.from.as_ref().map(|from| (from.as_fd(), PollFlags::IN))
    }

    /// Moves one piece after [`Pump::interest`] was ready.
    pub(super) fn step(&mut self) {
        if self.pending.is_empty() {
            self.read();
        } else {
            self.write();
        }
    }

    fn read(&mut self) {
        let Some(from) = &self.from else { return };
        let mut piece = [0; PIECE];
        match rustix::io::read(from, &mut piece) {
            Ok(length) if length > 0 => self.pending.extend_from_slice(&piece[..length]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            // The end; a terminal without processes tells it by an error.
            _ => self.from = None,
        }
    }

    fn write(&mut self) {
        match rustix::io::write(&self.to, &self.pending) {
            Ok(length) => drop(self.pending.drain(..length)),
            Err(Errno::INTR | Errno::AGAIN) => {}
            // Nobody reads any more. What still comes is read and dropped, or the process would stop at a full pipe.
            Err(_) => self.pending.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::pipe;

    #[test]
    fn bytes_arrive_and_the_end_ends_the_pump() {
        let (source, feed) = pipe().unwrap();
        let (sink, to) = pipe().unwrap();
        let mut pump = Pump::new(source, to);
        rustix::io::write(&feed, b"hello").unwrap();
        pump.step();
        pump.step();
        let mut got = [0; 8];
        assert_eq!(rustix::io::read(&sink, &mut got).unwrap(), 5);
        drop(feed);
        pump.step();
        assert!(pump.interest().is_none());
    }

    #[test]
    fn a_reader_that_is_gone_does_not_stop_the_writer() {
        let (source, feed) = pipe().unwrap();
        let (sink, to) = pipe().unwrap();
        drop(sink);
        let mut pump = Pump::new(source, to);
        for _ in 0..3 {
            rustix::io::write(&feed, b"more").unwrap();
            pump.step();
            pump.step();
            assert!(pump.interest().is_some_and(|(_, flags)| flags == PollFlags::IN));
        }
    }
}
