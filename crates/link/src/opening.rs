//! How a connection begins, on both sides.

use crate::codec::Codec;
use crate::connection::{Connection, write_all};
use crate::frame::{FrameReader, LinkError, append_frame};
use crate::message::{Hello, Opening, StreamHello, ToAgent, ToServer};
use crate::stream::StreamConnection;
use crate::transport::Io;
use std::future::Future;
use std::time::Duration;
use tokio::io::{ReadHalf, WriteHalf, split};

/// How long the first message may take: a healthy side says it at once.
pub const OPENING_LIMIT_MS: u64 = 10_000;

/// A session as the control plane holds it.
pub type ServerSide = Connection<ToServer, ToAgent>;

/// A session as the agent holds it.
pub type AgentSide = Connection<ToAgent, ToServer>;

/// What came in.
#[derive(Debug)]
pub enum Incoming {
    /// A node wants a session: answer [`ToAgent::Welcome`] or [`ToAgent::Refused`].
    Session(Hello, ServerSide),
    /// A node brings a stream that was asked for.
    Stream(StreamHello, StreamConnection),
}

/// The control plane's side: reads the first message of a new connection.
pub async fn accept(io: Io) -> Result<Incoming, LinkError> {
    let (mut reader, writer) = halves(io);
    let opening = within(reader.read::<Opening>()).await?.ok_or(LinkError::NoOpening)?;
    Ok(match opening {
        Opening::Session(hello) => Incoming::Session(hello, Connection::new(reader, writer)),
        Opening::Stream(hello) => Incoming::Stream(hello, Connection::new(reader, writer)),
    })
}

/// The agent's side: asks for a session. The first message to receive is the answer.
pub async fn open_session(io: Io, hello: Hello) -> Result<AgentSide, LinkError> {
    open(io, Opening::Session(hello)).await
}

/// The agent's side: brings a stream.
pub async fn open_stream(io: Io, hello: StreamHello) -> Result<StreamConnection, LinkError> {
    open(io, Opening::Stream(hello)).await
}

async fn open<In: Codec, Out: Codec>(io: Io, opening: Opening) -> Result<Connection<In, Out>, LinkError> {
    let (reader, mut writer) = halves(io);
    let mut bytes = Vec::new();
    append_frame(&opening, &mut bytes)?;
    within(write_all(&mut writer, &bytes)).await?;
    Ok(Connection::new(reader, writer))
}

fn halves(io: Io) -> (FrameReader<ReadHalf<Io>>, WriteHalf<Io>) {
    let (reader, writer) = split(io);
    (FrameReader::new(reader), writer)
}

async fn within<T>(step: impl Future<Output = Result<T, LinkError>>) -> Result<T, LinkError> {
    let limit_ms = OPENING_LIMIT_MS;
    let step = tokio::time::timeout(Duration::from_millis(limit_ms), step);
    step.await.map_err(|_| LinkError::Silent { limit_ms })?
}
