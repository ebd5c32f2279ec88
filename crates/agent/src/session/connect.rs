//! One attempt to have a session, and the pause before the next.

use super::{End, Session, said};
use crate::clock;
use crate::limits::{RECONNECT_MAX_MS, RECONNECT_MIN_MS};
use gantry_link::{
    AgentSide, LinkError, OPENING_LIMIT_MS, Refused, RefusedBecause, ToAgent, Welcome, open_session,
};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;
use tokio::time::timeout;

/// Pauses that double, each shortened by chance, so that the nodes of a control plane that was away come back one by one.
pub(super) struct Backoff {
    pause_ms: u64,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { pause_ms: RECONNECT_MIN_MS }
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause_ms = self.pause_ms;
        self.pause_ms = (pause_ms * 2).min(RECONNECT_MAX_MS);
        // A hasher with fresh keys is the standard library's source of chance.
        let chance = RandomState::new().hash_one(pause_ms) % (pause_ms / 2 + 1);
        Duration::from_millis(pause_ms - chance)
    }
}

impl Session {
    /// Connects, and holds the session until it ends.
    pub(super) async fn connect(&mut self, backoff: &mut Backoff) -> End {
        let mut farewell = self.farewell.clone();
        let asked_at = clock::now();
        let opened = tokio::select! {
            opened = self.open() => opened,
            () = said(&mut farewell) => return End::Farewell,
        };
        match opened {
            Ok((link, welcome)) => {
                *backoff = Backoff::new();
                self.hold(link, welcome, asked_at).await
            }
            Err(end) => end,
        }
    }

    async fn open(&self) -> Result<(AgentSide, Welcome), End> {
        let io = self.dialer.dial().await.map_err(|error| lost(&error))?;
        let mut link = open_session(io, self.hello.clone()).await.map_err(|error| lost(&error))?;
        let answer = timeout(Duration::from_millis(OPENING_LIMIT_MS), link.receiver.recv()).await;
        let silent = LinkError::Silent { limit_ms: OPENING_LIMIT_MS };
        match answer.map_err(|_| lost(&silent))?.map_err(|error| lost(&error))? {
            Some(ToAgent::Welcome(welcome)) => Ok((link, welcome)),
            Some(ToAgent::Refused(refused)) => Err(end_of(refused)),
            Some(_) | None => Err(End::Lost),
        }
    }
}

/// What a refusal means to this agent.
pub(super) fn end_of(refused: Refused) -> End {
    match refused.because {
        RefusedBecause::Superseded => End::Superseded(refused.text),
        RefusedBecause::Protocol => End::Incompatible(refused.text),
        RefusedBecause::Unavailable => End::Refused(refused.text),
    }
}

fn lost(error: &(dyn std::error::Error + 'static)) -> End {
    tracing::debug!(error = crate::perform::with_causes(error), "no session");
    End::Lost
}
