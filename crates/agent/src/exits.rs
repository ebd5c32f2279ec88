//! Ends of containers, from the runtime's threads to the agent.

use crate::limits::EXITS_MAX;
use gantry_runtime::api::{Event, EventSink};
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
