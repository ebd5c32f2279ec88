//! Calls about containers that are there.

use super::node::{Container, Node, REMOVING};
use crate::api::{ContainerId, Phase, RuntimeError, Stats};
use crate::state::{ACKNOWLEDGED, StateDir};
use crate::sys::pidfd;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// A killed container's shim has its last output and its record left to write.
const END_LIMIT: Duration = Duration::from_secs(30);

impl Node {
    pub(super) fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        if !(1..=libc::SIGRTMAX()).contains(&signal) {
            return Err(RuntimeError::NoSuchSignal(signal));
        }
        let container = self.find(id)?;
        let (Some(shim), Phase::Running(_)) = (&container.shim, container.phase()) else {
            return Err(RuntimeError::NotRunning(id.clone()));
        };
        match pidfd::signal(shim.first.as_fd(), signal) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(RuntimeError::NotRunning(id.clone()))
            }
            other => other.map_err(RuntimeError::io("signal the container")),
        }
    }

    pub(super) fn kill(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let container = self.find(id)?;
        match container.phase() {
            Phase::Ended { .. } => Ok(()),
            Phase::Created | Phase::Running(_) => {
                container.kill_all().map_err(RuntimeError::io("kill the container"))
            }
        }
    }

    pub(super) fn acknowledge_exit(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let container = self.find(id)?;
        if !matches!(container.phase(), Phase::Ended { .. }) {
            return Err(RuntimeError::StillRunning(id.clone()));
        }
        StateDir::open(&container.dir)
            .and_then(|state| state.write(ACKNOWLEDGED, &()))
            .map_err(RuntimeError::io("record that the end is known"))?;
        container.is_acknowledged();
        Ok(())
    }

    pub(super) fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let Some(container) = self.get(id) else { return Ok(()) };
        match container.phase() {
            Phase::Running(_) => return Err(RuntimeError::StillRunning(id.clone())),
            Phase::Created => end_before_start(&container)?,
            Phase::Ended { .. } => {}
        }
        container.tree.hierarchy().remove(&container.group).map_err(RuntimeError::io("remove the cgroup"))?;
        self.remove_dir(id).map_err(RuntimeError::io("remove the state folder"))?;
        self.forget(id);
        Ok(())
    }

    /// Renamed first: half a state folder must never look like a container.
    pub(super) fn remove_dir(&self, id: &ContainerId) -> io::Result<()> {
        let aside = self.config.state_dir.join(format!("{REMOVING}{id}"));
        match fs::rename(self.dir(id), &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other?,
        }
        match fs::remove_dir_all(&aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    pub(super) fn stats(&self, id: &ContainerId) -> Result<Stats, RuntimeError> {
        let container = self.find(id)?;
        match container.phase() {
            Phase::Ended { .. } => Err(RuntimeError::NotRunning(id.clone())),
            Phase::Created | Phase::Running(_) => {
                container.tree.hierarchy().stats(&container.group).map_err(RuntimeError::io("read the usage"))
            }
        }
    }

    pub(super) fn network_namespace(&self, id: &ContainerId) -> Option<OwnedFd> {
        let container = self.get(id)?;
        let shim = container.shim.as_ref()?;
        let namespace = File::open(format!("/proc/{}/ns/net", shim.pid)).ok()?;
        // The number was the container's when the path was opened if the process lives still.
        let lives = !pidfd::has_ended(&shim.first).ok()?;
        lives.then(|| namespace.into())
    }
}

fn end_before_start(container: &Container) -> Result<(), RuntimeError> {
    container.kill_all().map_err(RuntimeError::io("kill the container"))?;
    match container.wait_for_end(END_LIMIT) {
        Some(_) => Ok(()),
        None => Err(RuntimeError::StillRunning(container.id.clone())),
    }
}
