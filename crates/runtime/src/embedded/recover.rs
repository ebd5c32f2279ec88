//! Finding the containers of an earlier agent: by their records, and by asking their shims.
//!
//! | in the state folder | the shim answers | means |
//! |---|---|---|
//! | `exit` | | it has ended, with that record |
//! | no `exit` | yes | it lives, as the shim says |
//! | `pid`, no `exit` | no | its shim was killed, or the host restarted: it is killed too |
//! | no `pid` | no | it was never made: what there is of it is removed |

use super::build::socket_address;
use super::ending::started_record;
use super::node::{Container, Node, REMOVING, Shim};
use crate::api::{ContainerId, Exit, ExitReason, Found, Phase, RuntimeError};
use crate::shim::FromShim;
use crate::state::{ACKNOWLEDGED, EXIT, PID, Plan, SPEC, StateDir};
use crate::sys::channel::Channel;
use crate::sys::process::{ProcessName, boot_id};
use crate::sys::time::now_ms;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// A shim answers at once, unless it is still making its container.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

impl Node {
    pub(super) fn recover(&self) -> Result<Vec<Found>, RuntimeError> {
        let _alone = self.recovering.write().unwrap_or_else(PoisonError::into_inner);
        let entries =
            fs::read_dir(&self.config.state_dir).map_err(RuntimeError::io("read the state folder"))?;
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(RuntimeError::io("read the state folder"))?.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.starts_with(REMOVING) {
                remove_rest(&self.config.state_dir.join(name));
            } else if let Ok(id) = ContainerId::parse(name) {
                // One folder that cannot be read must not take all the others from the agent.
                match self.recover_one(&id) {
                    Ok(one) => found.extend(one),
                    Err(error) => tracing::error!(container = %id, %error, "a container is not recovered"),
                }
            }
        }
        Ok(found)
    }

    fn recover_one(&self, id: &ContainerId) -> io::Result<Option<Found>> {
        let container = match self.get(id) {
            Some(known) => known,
            None => match self.recover_container(id)? {
                Some(container) => container,
                None => return Ok(None),
            },
        };
        let phase = container.phase();
        if let Phase::Ended { exit, acknowledged: false, .. } = &phase {
            self.tell(id, exit.clone());
        }
        Ok(Some(Found { id: id.clone(), task_id: container.task_id.clone(), phase }))
    }

    fn recover_container(&self, id: &ContainerId) -> io::Result<Option<Arc<Container>>> {
        let dir = self.dir(id);
        let state = StateDir::open(&dir)?;
        let Some(plan) = state.read::<Plan>(SPEC)? else {
            self.remove_dir(id)?;
            return Ok(None);
        };
        let shim = if state.has(EXIT) { None } else { connect_to_shim(&state)? };
        let phase = match &shim {
            Some((_, phase)) => phase.clone(),
            None if state.has(EXIT) => recorded_end(&state)?,
            None if state.has(PID) => abandoned(&state, &plan)?,
            None => {
                never_made(&plan)?;
                self.remove_dir(id)?;
                return Ok(None);
            }
        };
        let identity = (id.clone(), plan.spec.task_id);
        let placed = (plan.tree, plan.group);
        let container = Container::new(identity, dir, placed, shim.map(|(shim, _)| shim), phase);
        self.adopt(container).map(Some)
    }
}

fn remove_rest(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::warn!(path = %path.display(), %error, "the rest of a removed container stays");
    }
}

/// `None` when there is nobody. The shim may end while it is asked: then its record is there by now.
fn connect_to_shim(state: &StateDir) -> io::Result<Option<(Shim, Phase)>> {
    use std::os::fd::AsFd;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    if connect(&socket, &socket_address(&state.as_fd())?).is_err() {
        return Ok(None);
    }
    let channel = Channel::from(socket);
    let heard = match channel.receive_within::<FromShim>(ANSWER_LIMIT) {
        Ok(Some(heard)) => heard,
        Ok(None) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (FromShim::Here { pid, started }, Some(first)) =
        (heard.message, heard.descriptors.into_iter().next())
    else {
        return Ok(None);
    };
    let phase = started.map_or(Phase::Created, Phase::Running);
    Ok(Some((Shim { channel, pid, first }, phase)))
}

fn recorded_end(state: &StateDir) -> io::Result<Phase> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    let exit = state.read(EXIT)?.ok_or_else(absent)?;
    Ok(Phase::Ended { started: started_record(state), exit, acknowledged: state.has(ACKNOWLEDGED) })
}

/// Nobody supervises it, and nobody recorded an end.
fn abandoned(state: &StateDir, plan: &Plan) -> io::Result<Phase> {
    let first: Option<ProcessName> = state.read(PID).unwrap_or_default();
    // After a power cut the record may be empty; then too the host has restarted.
    let same_boot = first.is_some_and(|first| boot_id().is_ok_and(|now| now == first.boot_id));
    let reason = if same_boot { ExitReason::ShimDied } else { ExitReason::HostRestarted };
    if same_boot {
        plan.tree.hierarchy().kill(&plan.group)?;
    }
    let exit =
        Exit { code: 128 + libc::SIGKILL, oom_killed: false, finished_at_ms: now_ms(), reason: Some(reason) };
    state.write_durably(EXIT, &exit)?;
    Ok(Phase::Ended { started: started_record(state), exit, acknowledged: false })
}

fn never_made(plan: &Plan) -> io::Result<()> {
    let hierarchy = plan.tree.hierarchy();
    hierarchy.kill(&plan.group)?;
    hierarchy.remove(&plan.group)
}
