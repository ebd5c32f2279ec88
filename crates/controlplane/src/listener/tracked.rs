//! Notes when an answer is over, so that the connection counts as idle again.

use super::deadline::{Phase, PhaseCell};
use crate::http::Body;
use hyper::body::{Bytes, Frame, SizeHint};
use hyper::{Response, StatusCode};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body whose end is the end of serving.
#[derive(Debug)]
pub(super) struct Tracked {
    body: Body,
    /// `None` for a connection that became something else: its end is the connection's.
    phase: Option<PhaseCell>,
}

impl Tracked {
    pub(super) fn answer(response: Response<Body>, phase: PhaseCell) -> Response<Tracked> {
        let phase = (response.status() != StatusCode::SWITCHING_PROTOCOLS).then_some(phase);
        response.map(|body| Tracked { body, phase })
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(phase) = &self.phase {
            phase.set(Phase::Idle);
        }
    }
}

impl hyper::body::Body for Tracked {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
