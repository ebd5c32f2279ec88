//! Starting a container that is made, and further processes in one that runs.

use super::check;
use super::node::{Container, Node, Shim, lock};
use crate::api::{ContainerId, ExecError, ExecHandle, ExecSpec, ExitReason, Phase, StartError, Started};
use crate::exec::{ExecOrder, Handle};
use crate::failure::NotExecuted;
use crate::shim::{FromShim, ToShim};
use crate::state::StateDir;
use crate::sys::channel::Channel;
use crate::zygote::Order;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Executing a program takes milliseconds, unless its file is on a disk that hangs.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A shim whose container has ended has only its record left to write.
const END_LIMIT: Duration = Duration::from_secs(10);

impl Node {
    pub(super) fn start(&self, id: &ContainerId) -> Result<Started, StartError> {
        let container = self.get(id).ok_or_else(|| StartError::NotFound(id.clone()))?;
        let _one_at_a_time = lock(&container.starting);
        let shim = match (&container.shim, container.phase()) {
            (Some(shim), Phase::Created) => shim,
            _ => return Err(StartError::NotCreated(id.clone())),
        };
        match shim.channel.send(&ToShim::Start, &[]) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(ended(&container)),
            other => other.map_err(|source| StartError::Io { doing: "order the start".into(), source })?,
        }
        match answer(shim).inspect_err(|_| give_up(&container))? {
            Some(Ok(started)) => {
                container.has_started(started);
                Ok(started)
            }
            Some(Err(problem)) => {
                // Returning while it is on its way out would let the next call find it alive.
                container.wait_for_end(END_LIMIT);
                Err(StartError::Exec { message: problem.message, code: problem.code })
            }
            None => Err(ended(&container)),
        }
    }

    pub(super) fn exec(
        &self,
        id: &ContainerId,
        spec: ExecSpec,
        stdio: [OwnedFd; 3],
    ) -> Result<Box<dyn ExecHandle>, ExecError> {
        check::exec(&spec)?;
        let container = self.get(id).ok_or_else(|| ExecError::NotFound(id.clone()))?;
        let shim = match (&container.shim, container.phase()) {
            (Some(shim), Phase::Running(_)) => shim,
            _ => return Err(ExecError::NotRunning(id.clone())),
        };
        let state = StateDir::open(&container.dir).map_err(ExecError::io("open the state folder"))?;
        let (channel, theirs) = Channel::pair().map_err(ExecError::io("make a channel"))?;
        let has_terminal = spec.tty.is_some();
        let order = ExecOrder { tree: container.tree.clone(), group: container.group.clone(), spec };
        let mut descriptors: Vec<BorrowedFd<'_>> = vec![theirs.as_fd(), shim.first.as_fd(), state.as_fd()];
        descriptors.extend(stdio.iter().map(AsFd::as_fd));
        self.order(&Order::Exec(order), &descriptors).map_err(ExecError::io("order a supervisor"))?;
        drop((theirs, stdio));
        Ok(Box::new(Handle::started(channel, has_terminal)?))
    }
}

/// A container that may start later than anybody waits for it must not.
fn give_up(container: &Container) {
    if let Err(error) = container.kill_all() {
        tracing::error!(container = %container.id, %error, "a container that did not start is not killed");
    }
}

/// `None` when the shim hung up instead.
fn answer(shim: &Shim) -> Result<Option<Result<Started, NotExecuted>>, StartError> {
    loop {
        let heard = shim.channel.receive_within::<FromShim>(START_LIMIT).map_err(|source| {
            if source.kind() == io::ErrorKind::TimedOut {
                return StartError::TimedOut { limit_ms: START_LIMIT.as_millis() as u64 };
            }
            StartError::Io { doing: "hear the supervisor".into(), source }
        })?;
        match heard.map(|heard| heard.message) {
            None => return Ok(None),
            Some(FromShim::Started(started)) => return Ok(Some(Ok(started))),
            Some(FromShim::CannotStart(problem)) => return Ok(Some(Err(problem))),
            // Said on connecting, before anything was asked.
            Some(FromShim::Here { .. } | FromShim::CannotCreate(_)) => {}
        }
    }
}

/// It ended instead of starting: killed, or its supervisor was.
fn ended(container: &Container) -> StartError {
    let exit = container.wait_for_end(END_LIMIT);
    StartError::Ended(exit.and_then(|exit| exit.reason).unwrap_or(ExitReason::NeverStarted))
}
