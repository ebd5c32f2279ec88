//! What every request may use.

use crate::authenticate::Authenticator;
use crate::commit::LeaderHandle;
use crate::published::Published;
use crate::sessions::Sessions;
use crate::stop::Stop;
use gantry_store::HistoryReader;
use std::sync::Arc;

/// The parts of a running control plane.
pub(crate) struct Plane {
    pub(crate) authenticator: Authenticator,
    pub(crate) published: Arc<Published>,
    pub(crate) leader: LeaderHandle,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) history: Arc<dyn HistoryReader>,
    /// Long answers end when it is wished for.
    pub(crate) stop: Stop,
    /// Whether everything may be erased.
    pub(crate) ephemeral: bool,
}
