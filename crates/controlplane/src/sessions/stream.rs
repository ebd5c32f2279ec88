//! Asking a node for a stream: the agent dials it as a connection of its own.

use super::Sessions;
use gantry_link::{StreamConnection, StreamRequest, ToAgent};
use gantry_model::NodeId;
use std::time::Duration;
use tokio::time::timeout;

/// How long an agent may take to bring a stream.
const BRING_LIMIT: Duration = Duration::from_secs(10);

/// There is no stream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// No session with the node stands.
    #[error("node {0} is not connected at present")]
    NotConnected(NodeId),
    /// The agent did not bring it.
    #[error("node {0} did not open the stream in time")]
    NotBrought(NodeId),
}

pub(super) async fn open(
    sessions: &Sessions,
    node: NodeId,
    request: StreamRequest,
) -> Result<StreamConnection, StreamError> {
    let (stream, to_agent, brought) = sessions.await_stream(node).ok_or(StreamError::NotConnected(node))?;
    let asked = async {
        to_agent
            .send(ToAgent::OpenStream { stream, request })
            .await
            .map_err(|_| StreamError::NotConnected(node))?;
        brought.await.map_err(|_| StreamError::NotConnected(node))
    };
    let result = timeout(BRING_LIMIT, asked).await.unwrap_or(Err(StreamError::NotBrought(node)));
    if result.is_err() {
        sessions.forget_stream(node, stream);
        // An agent that is gone needs not be told.
        let _ = to_agent.send(ToAgent::CloseStream { stream }).await;
    }
    result
}
