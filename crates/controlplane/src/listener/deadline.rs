//! Time limits of a connection: a request that has begun must end, an idle connection may stay for long.
//!
//! ```text
//!           first byte               head and body are read
//!   Idle ───────────────► Reading ──────────────────────────► Serving
//!    ▲  IDLE_LIMIT           READ_LIMIT                          │ no limit of its own
//!    └────────────────────── answered ───────────────────────────┘
//! ```

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take for a whole request, head and body.
const READ_LIMIT: Duration = Duration::from_secs(30);

/// How long a connection may stay without a request. SDKs keep theirs open between calls.
const IDLE_LIMIT: Duration = Duration::from_secs(15 * 60);

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Phase {
    /// Waiting for a request.
    Idle,
    /// A request has begun.
    Reading,
    /// The request is here, its answer is being made.
    Serving,
}

/// The phase, shared by a connection's reader and its handler. It counts the phases since the connection began, so that
/// the reader sees a new request as new even if it looked away in between.
#[derive(Debug, Clone, Default)]
pub(super) struct PhaseCell(Arc<AtomicU64>);

impl PhaseCell {
    /// Moves on to the next such phase; nothing when that is the present one.
    pub(super) fn set(&self, phase: Phase) {
        let count = self.0.load(Ordering::Relaxed);
        let ahead = (phase as u64 + PHASES - count % PHASES) % PHASES;
        self.0.store(count + ahead, Ordering::Relaxed);
    }

    fn get(&self) -> (Phase, u64) {
        let count = self.0.load(Ordering::Relaxed);
        let phase = match count % PHASES {
            0 => Phase::Idle,
            1 => Phase::Reading,
            _ => Phase::Serving,
        };
        (phase, count)
    }
}

const PHASES: u64 = 3;

/// A stream whose reads fail when the phase's time is over.
#[derive(Debug)]
pub(super) struct Deadline<S> {
    stream: S,
    phase: PhaseCell,
    /// The phase that the timer runs for, by its count.
    timed: u64,
    timer: Pin<Box<Sleep>>,
}

impl<S> Deadline<S> {
    pub(super) fn new(stream: S, phase: PhaseCell) -> Self {
        Self { stream, phase, timed: 0, timer: Box::pin(sleep(IDLE_LIMIT)) }
    }

    /// Whether the time of the present phase is over.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let (phase, count) = self.phase.get();
        let limit = match phase {
            Phase::Idle => IDLE_LIMIT,
            Phase::Reading => READ_LIMIT,
            Phase::Serving => return false,
        };
        if count != self.timed {
            self.timed = count;
            self.timer.as_mut().reset(Instant::now() + limit);
        }
        self.timer.as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Deadline<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before && self.phase.get().0 == Phase::Idle {
            self.phase.set(Phase::Reading);
        }
        // A client that sends byte after byte is over time as well as one that sends nothing.
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Deadline<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{advance, timeout};

    async fn read_one(io: &mut Deadline<tokio::io::DuplexStream>) -> io::Result<usize> {
        io.read(&mut [0; 1]).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_must_end_in_time_even_if_it_trickles() {
        let (mut client, server) = duplex(64);
        let mut io = Deadline::new(server, PhaseCell::default());
        for _ in 0..6 {
            client.write_all(b"x").await.unwrap();
            read_one(&mut io).await.unwrap();
            advance(Duration::from_secs(4)).await;
        }
        advance(Duration::from_secs(7)).await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(read_one(&mut io).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_and_a_long_answer_have_more_time() {
        let (mut client, server) = duplex(64);
        let phase = PhaseCell::default();
        let mut io = Deadline::new(server, phase.clone());
        let minute = Duration::from_secs(60);
        assert!(timeout(minute, read_one(&mut io)).await.is_err(), "idle for a minute is fine");
        client.write_all(b"x").await.unwrap();
        read_one(&mut io).await.unwrap();
        phase.set(Phase::Serving);
        assert!(timeout(100 * minute, read_one(&mut io)).await.is_err(), "serving has no limit here");
        phase.set(Phase::Idle);
        assert!(timeout(minute, read_one(&mut io)).await.is_err(), "idle again");
        client.write_all(b"x").await.unwrap();
        read_one(&mut io).await.unwrap();
        let over = timeout(minute, read_one(&mut io)).await.expect("ends by itself");
        assert_eq!(over.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
