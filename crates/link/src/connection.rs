//! A connection after its opening: a receiver and a sender, which may live in different tasks.

use crate::codec::Codec;
use crate::frame::{FrameReader, LinkError, append_frame};
use crate::transport::Io;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;

/// Messages that wait for a slow connection before its senders wait as well. Each is bounded by the frame's limit, and all
/// but assignments are small.
pub const QUEUE_MESSAGES_MAX: usize = 64;

/// How long the other side may take nothing at all before it counts as gone.
pub const WRITE_LIMIT_MS: u64 = 30_000;

/// Bytes that are collected from the queue before they are written.
const WRITE_BYTES: usize = 64 * 1024;

/// Both directions of a connection.
#[derive(Debug)]
pub struct Connection<In, Out> {
    /// What comes.
    pub receiver: Receiver<In>,
    /// Where to send.
    pub sender: Sender<Out>,
}

/// The receiving half.
#[derive(Debug)]
pub struct Receiver<In> {
    reader: FrameReader<ReadHalf<Io>>,
    kind: PhantomData<fn() -> In>,
}

/// The sending half; clones share one queue. The connection's direction closes, after all that was sent, when the last
/// clone is dropped.
#[derive(Debug)]
pub struct Sender<Out> {
    queue: mpsc::Sender<Out>,
}

/// The connection is closed: what was to be sent is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is closed")]
pub struct Closed;

impl<In: Codec, Out: Codec> Connection<In, Out> {
    pub(crate) fn new(reader: FrameReader<ReadHalf<Io>>, writer: WriteHalf<Io>) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE_MESSAGES_MAX);
        tokio::spawn(write(messages, writer));
        Self { receiver: Receiver { reader, kind: PhantomData }, sender: Sender { queue } }
    }
}

impl<In: Codec> Receiver<In> {
    /// The next message; `None` when the other side has closed. Dropping the future loses nothing.
    pub async fn recv(&mut self) -> Result<Option<In>, LinkError> {
        self.reader.read().await
    }
}

impl<Out: Codec> Sender<Out> {
    /// Hands a message over, waiting while the queue is full.
    pub async fn send(&self, message: Out) -> Result<(), Closed> {
        self.queue.send(message).await.map_err(|_| Closed)
    }

    /// Completes when the connection can send no more.
    pub async fn closed(&self) {
        self.queue.closed().await;
    }
}

impl<Out> Clone for Sender<Out> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

/// Writes until the senders are gone or the other side is. What waits in the queue is written at once.
async fn write<M: Codec>(mut messages: mpsc::Receiver<M>, mut writer: WriteHalf<Io>) {
    let mut bytes = Vec::new();
    while let Some(first) = messages.recv().await {
        let mut next = Some(first);
        while let Some(message) = next {
            if append_frame(&message, &mut bytes).is_err() {
                return;
            }
            next = if bytes.len() < WRITE_BYTES { messages.try_recv().ok() } else { None };
        }
        if write_all(&mut writer, &bytes).await.is_err() {
            return;
        }
        bytes.clear();
    }
    // The other side sees an end between two frames; that it may be gone already does not matter any more.
    let _ = tokio::time::timeout(Duration::from_millis(WRITE_LIMIT_MS), writer.shutdown()).await;
}

/// Writes all bytes, as long as some are taken within each [`WRITE_LIMIT_MS`].
pub(crate) async fn write_all(writer: &mut WriteHalf<Io>, mut bytes: &[u8]) -> Result<(), LinkError> {
    let limit = Duration::from_millis(WRITE_LIMIT_MS);
    let silent = LinkError::Silent { limit_ms: WRITE_LIMIT_MS };
    while !bytes.is_empty() {
        match tokio::time::timeout(limit, writer.write(bytes)).await {
            Ok(written) => bytes = &bytes[written?..],
            Err(_) => return Err(silent),
        }
    }
    tokio::time::timeout(limit, writer.flush()).await.map_err(|_| silent)??;
    Ok(())
}
