//! A container's folder of records: what survives the agent, the shim and, where it matters, a power cut.
//!
//! | name | writer | what |
//! |---|---|---|
//! | `spec` | agent | the specification and where its cgroup is, before anything else |
//! | `sock` | agent | the listening socket that the shim serves while it lives |
//! | `pid` | shim | the container's first process, before that may run |
//! | `started` | shim | when it executed its program |
//! | `exit` | shim, or the agent for a shim that was killed | how it ended, on disk before anybody is told |
//! | `acknowledged` | agent | the end is on record elsewhere |
//! | `upper`, `work`, `root` | kernel | the writable layer; `root` is where it is mounted, inside the container only |
//!
//! Every record is `{"version": 1, "body": …}` and replaced as a whole. Does not know: what the records mean.

use crate::api::ContainerSpec;
use crate::cgroup::{Group, Tree};
use rustix::fs::{
    AtFlags, FallocateFlags, Mode, OFlags, fallocate, fdatasync, fsync, ftruncate, openat, renameat,
};
use rustix::io::Errno;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

pub(crate) const SPEC: &str = "spec";
pub(crate) const SOCKET: &str = "sock";
pub(crate) const PID: &str = "pid";
pub(crate) const STARTED: &str = "started";
pub(crate) const EXIT: &str = "exit";
pub(crate) const ACKNOWLEDGED: &str = "acknowledged";
pub(crate) const UPPER: &str = "upper";
pub(crate) const WORK: &str = "work";
pub(crate) const ROOT: &str = "root";

/// Form of the records. A shim of an older agent may have written what a newer agent reads.
const VERSION: u32 = 1;

/// Room kept for the record of the end, which must be written even on a full disk; it is far below this.
const EXIT_BYTES_KEPT: u64 = 4_096;

/// What the agent leaves for the shim and for later agents.
#[derive(Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) spec: ContainerSpec,
    pub(crate) tree: Tree,
    pub(crate) group: Group,
}

#[derive(Serialize, Deserialize)]
struct Record<Body> {
    version: u32,
    body: Body,
}

/// An open state folder.
#[derive(Debug)]
pub(crate) struct StateDir(OwnedFd);

impl StateDir {
    pub(crate) fn open(path: &Path) -> io::Result<StateDir> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(StateDir(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// `None` when there is no such record.
    pub(crate) fn read<Body: DeserializeOwned>(&self, name: &str) -> io::Result<Option<Body>> {
        let file = match openat(&self.0, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            other => other?,
        };
        let mut text = Vec::new();
        File::from(file).read_to_end(&mut text)?;
        let record: Record<Body> = serde_json::from_slice(&text)?;
        if record.version == VERSION {
            Ok(Some(record.body))
        } else {
            let problem =
                format!("record {name} has version {}, this program knows {VERSION}", record.version);
            Err(io::Error::new(io::ErrorKind::InvalidData, problem))
        }
    }

    /// Replaces a record. It survives the end of any process, not a power cut: after one nothing runs anyway.
    pub(crate) fn write<Body: Serialize>(&self, name: &str, body: &Body) -> io::Result<()> {
        let temporary = temporary(name);
        self.write_file(&temporary, body)?;
        Ok(renameat(&self.0, &temporary, &self.0, name)?)
    }

    /// Replaces a record and returns when it is on disk.
    pub(crate) fn write_durably<Body: Serialize>(&self, name: &str, body: &Body) -> io::Result<()> {
        let temporary = temporary(name);
        fdatasync(self.write_file(&temporary, body)?)?;
        renameat(&self.0, &temporary, &self.0, name)?;
        Ok(fsync(&self.0)?)
    }

    /// Takes the disk space of the record of the end now, while refusing is still possible.
    pub(crate) fn reserve_exit(&self) -> io::Result<()> {
        let file = self.create(&temporary(EXIT))?;
        match fallocate(file, FallocateFlags::empty(), 0, EXIT_BYTES_KEPT) {
            // A file system that cannot promise room gives no promise; the write itself is tried all the same.
            Err(Errno::OPNOTSUPP) => Ok(()),
            other => Ok(other?),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    fn write_file<Body: Serialize>(&self, name: &str, body: &Body) -> io::Result<OwnedFd> {
        let text = serde_json::to_vec(&Record { version: VERSION, body })?;
        let fd = self.create(name)?;
        let mut file = File::from(fd);
        file.write_all(&text)?;
        // Written over the kept room, not instead of it: truncating first would give the room away.
        ftruncate(&file, text.len() as u64)?;
        Ok(file.into())
    }

    fn create(&self, name: &str) -> io::Result<OwnedFd> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(openat(&self.0, name, flags, Mode::from_raw_mode(0o600))?)
    }
}

impl AsFd for StateDir {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for StateDir {
    fn from(fd: OwnedFd) -> StateDir {
        StateDir(fd)
    }
}

fn temporary(name: &str) -> String {
    format!("{name}.tmp")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Exit;

    #[test]
    fn a_record_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        assert_eq!(state.read::<u32>(PID).unwrap(), None);
        state.write(PID, &"a long text".to_owned()).unwrap();
        state.write(PID, &7_u32).unwrap();
        assert_eq!(state.read::<u32>(PID).unwrap(), Some(7));
        assert!(state.has(PID) && !state.has(EXIT));
    }

    #[test]
    fn the_end_is_written_over_the_room_that_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        state.reserve_exit().unwrap();
        assert!(!state.has(EXIT));
        let exit = Exit { code: 3, oom_killed: false, finished_at_ms: 5, reason: None };
        state.write_durably(EXIT, &exit).unwrap();
        assert_eq!(state.read::<Exit>(EXIT).unwrap(), Some(exit));
        assert_eq!(
            std::fs::read_to_string(folder.path().join(EXIT)).unwrap(),
            r#"{"version":1,"body":{"code":3,"oom_killed":false,"finished_at_ms":5,"reason":null}}"#
        );
    }

    #[test]
    fn a_record_of_another_version_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PID), r#"{"version":2,"body":7}"#).unwrap();
        let error = StateDir::open(folder.path()).unwrap().read::<u32>(PID).unwrap_err();
        assert!(error.to_string().contains("record pid has version 2"), "{error}");
    }
}
