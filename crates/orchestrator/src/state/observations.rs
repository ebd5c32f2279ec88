//! Observations: what was seen lately. They live in the state but not in the journal: after a change of leader they are
//! unknown until they are observed again, and decisions that need them wait.

/// When and how a node was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// The session that it was heard in.
    pub session: u64,
    /// Monotonic milliseconds of the leader when it was last heard.
    pub heard_at_ms: u64,
    /// Whether the session stands.
    pub connected: bool,
    /// Monotonic milliseconds until which its lease is held although it is away, as it announced a restart.
    pub held_until_ms: u64,
}
