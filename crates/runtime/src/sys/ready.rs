//! Waiting for many descriptors at once, each under a name of the caller's.

use super::time::timespec;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

/// A descriptor, what to wait for, and what the caller calls it.
pub(crate) type Source<'fd, Name> = (Name, BorrowedFd<'fd>, PollFlags);

/// The names of those that are ready or hung up, in the order given; `None` when the time is over.
pub(crate) fn wait_for_any<Name: Copy>(
    sources: &[Source<'_, Name>],
    limit: Option<Duration>,
) -> Option<Vec<Name>> {
    let deadline = limit.map(|limit| Instant::now() + limit);
    let mut fds: Vec<_> =
        sources.iter().map(|(_, fd, flags)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
    loop {
        let left = deadline.map(|end| timespec(end.saturating_duration_since(Instant::now())));
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return None,
            Ok(_) => break,
            Err(Errno::INTR) => {}
            // Only more descriptors than the process may open, or a kernel without memory: a pause is all that helps.
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    let ready = sources.iter().zip(&fds).filter(|(_, fd)| !fd.revents().is_empty());
    Some(ready.map(|((name, ..), _)| *name).collect())
}

/// Before a wait that the kernel has refused is tried again.
const PAUSE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::pipe;
    use std::os::fd::AsFd;

    #[test]
    fn the_ready_ones_are_named() {
        let ((one, feed), (other, _kept)) = (pipe().unwrap(), pipe().unwrap());
        let sources = [("one", one.as_fd(), PollFlags::IN), ("other", other.as_fd(), PollFlags::IN)];
        assert_eq!(wait_for_any(&sources, Some(Duration::ZERO)), None);
        drop(feed);
        assert_eq!(wait_for_any(&sources, None), Some(vec!["one"]));
    }
}
