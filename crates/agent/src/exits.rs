//! Ends of containers, from the runtime's threads to the agent.

use crate::limits::EXITS_MAX;
use gantry_engine::{ContainerExit, ExitCause};
use gantry_runtime::api::{Event, EventSink, Exit, ExitReason};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Where the runtime's events come out.
#[derive(Debug)]
pub struct Exits(mpsc::Receiver<Event>);

/// A sink for the runtime's construction, and what the agent takes its events from. A sink that is ahead of the agent by
/// [`EXITS_MAX`] blocks the runtime's thread; one whose agent is gone loses nothing, because nothing is acknowledged.
pub fn exit_channel() -> (EventSink, Exits) {
    let (send, receive) = mpsc::channel(EXITS_MAX);
    let sink = move |event| {
        if let Err(TrySendError::Full(event)) = send.try_send(event) {
            let _ = send.blocking_send(event);
        }
    };
    (Box::new(sink), Exits(receive))
}

impl Exits {
    /// The next event; none any more once the runtime is dropped.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }
}

/// The runtime's end of a container, in the engine's words.
pub(crate) fn container_exit(exit: Exit) -> ContainerExit {
    let cause = match exit.reason {
        None => ExitCause::Program,
        Some(ExitReason::ShimDied) => ExitCause::SupervisorDied,
        Some(ExitReason::HostRestarted) => ExitCause::HostRestarted,
        Some(ExitReason::NotStarted(text)) => ExitCause::NotStarted(text),
        Some(ExitReason::NeverStarted) => ExitCause::NeverStarted,
    };
    ContainerExit { code: exit.code, oom_killed: exit.oom_killed, cause }
}
