//! The way to the leader loop.

use super::erase::{Erase, EraseError};
use crate::published::Published;
use gantry_model::RequestId;
use gantry_orchestrator::command::{Refusal, Reply};
use gantry_orchestrator::leader::{Input, QUEUE_MAX};
use gantry_orchestrator::state::State;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long a write may take before its client is told that it failed: AWS's clients give up on longer silences, and a
/// store that takes longer has stopped committing.
const ANSWER_LIMIT: Duration = Duration::from_millis(4_500);

/// What became of an input.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The durable state right after it; for a refusal, the one that it was refused in or a later one.
    pub(crate) state: Arc<State>,
    /// Its answer.
    pub(crate) result: Result<Reply, Refusal>,
}

/// What the loop is asked.
pub(super) enum Ask {
    Input(Input, oneshot::Sender<Outcome>),
    Erase(Erase, oneshot::Sender<Result<(), EraseError>>),
}

/// Sends inputs to the loop; clones send to the same one.
#[derive(Debug, Clone)]
pub(crate) struct LeaderHandle {
    asks: mpsc::Sender<Ask>,
    published: Arc<Published>,
}

impl LeaderHandle {
    /// A handle, and the end that the loop reads. As many inputs wait here as the leader itself would queue.
    pub(super) fn new(published: Arc<Published>) -> (Self, mpsc::Receiver<Ask>) {
        let (asks, queue) = mpsc::channel(QUEUE_MAX);
        (Self { asks, published }, queue)
    }

    /// Submits an input and waits until its outcome may be shown, or until it is clear that it takes too long.
    pub(crate) async fn ask(&self, input: Input) -> Outcome {
        let (reply, outcome) = oneshot::channel();
        if let Err(refused) = self.asks.try_send(Ask::Input(input, reply)) {
            return self.refused(match refused {
                mpsc::error::TrySendError::Full(_) => Refusal::Overloaded,
                mpsc::error::TrySendError::Closed(_) => Refusal::NotCommitted,
            });
        }
        match timeout(ANSWER_LIMIT, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => self.refused(Refusal::NotCommitted),
        }
    }

    /// Erases everything that clients made.
    pub(crate) async fn erase(&self, principal: String, request: RequestId) -> Result<(), EraseError> {
        let (reply, outcome) = oneshot::channel();
        let ask = Ask::Erase(Erase::new(principal, request), reply);
        self.asks.send(ask).await.map_err(|_| EraseError::NotLeading)?;
        outcome.await.map_err(|_| EraseError::NotLeading)?
    }

    fn refused(&self, refusal: Refusal) -> Outcome {
        Outcome { state: self.published.state(), result: Err(refusal) }
    }
}
