//! Waiting for output of many containers at once. The kernel allows a user 128 inotify instances, so an agent has one
//! watch, not one per container.

use crate::sys::time::wait_for;
use rustix::event::PollFlags;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Tells which of the added folders were written to.
#[derive(Debug)]
pub struct LogWatch {
    queue: OwnedFd,
    /// All folders, for the case that the kernel's queue ran over.
    added: Mutex<BTreeSet<WatchId>>,
}

/// One folder of a [`LogWatch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(i32);

impl LogWatch {
    /// A watch without folders.
    pub fn new() -> io::Result<LogWatch> {
        let queue = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        Ok(LogWatch { queue, added: Mutex::default() })
    }

    /// From now on this folder's writes are told. Read it once afterwards: what was written before is not.
    pub fn add(&self, dir: &Path) -> io::Result<WatchId> {
        let changes = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::ONLYDIR;
        let id = WatchId(inotify::add_watch(&self.queue, dir, changes)?);
        self.added().insert(id);
        Ok(id)
    }

    /// No longer told. A folder that was deleted meanwhile is no error.
    pub fn remove(&self, id: WatchId) -> io::Result<()> {
        self.added().remove(&id);
        match inotify::remove_watch(&self.queue, id.0) {
            Err(Errno::INVAL) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Waits for writes. Empty when the time is over. A folder may be told without news, never the reverse.
    pub fn wait(&self, limit: Option<Duration>) -> io::Result<BTreeSet<WatchId>> {
        let mut changed = BTreeSet::new();
        if !wait_for(&self.queue, PollFlags::IN, limit)? {
            return Ok(changed);
        }
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = Reader::new(&self.queue, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) if event.events().contains(ReadFlags::QUEUE_OVERFLOW) => {
                    changed.extend(&*self.added())
                }
                Ok(event) => changed.extend([WatchId(event.wd())]),
                Err(Errno::AGAIN) => return Ok(changed),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn added(&self) -> std::sync::MutexGuard<'_, BTreeSet<WatchId>> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_wakes_the_watch_for_its_folder_only() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let watch = LogWatch::new().unwrap();
        let (first, _second) = (watch.add(one.path()).unwrap(), watch.add(other.path()).unwrap());
        assert!(watch.wait(Some(Duration::ZERO)).unwrap().is_empty());
        std::fs::write(one.path().join("x.log"), "x").unwrap();
        assert_eq!(watch.wait(None).unwrap(), BTreeSet::from([first]));
        watch.remove(first).unwrap();
        watch.remove(first).unwrap();
    }
}
