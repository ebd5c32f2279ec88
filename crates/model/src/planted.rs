//! Bugs that are planted on purpose, one at a time, so that the simulator can prove that it would find them.
//!
//! Takes in which bug the present thread suffers from; gives out `true` at the place where it is planted. Without the feature
//! `planted-bugs`, as in every build of the product, each of these questions is a constant `false`.

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// An answer that changed nothing is released before the batch that it rests on is durable.
    AnswerBeforeDurable,
    /// A session that is not a node's newest is believed.
    OlderSessionBelieved,
    /// An observed status is overwritten by whatever is reported.
    StatusGoesBack,
    /// An address is given out without looking whether it is taken.
    AddressGivenTwice,
    /// Placement does not look at what a node has left.
    NodeOverbooked,
    /// A client token is not remembered.
    TokenForgotten,
    /// A task that is to stop is not told again to its node.
    StopNotPublished,
    /// The tasks of a lost node are released at once.
    ReleasedWhenLost,
    /// A new leader overlooks some of the stored tasks.
    TasksForgottenAtStart,
    /// The leader's clock follows the wall clock wherever it jumps.
    ClockFollowsWall,
    /// A time stamp is set anew by each report.
    TimeStampMoves,
    /// Of a report of several tasks only the first is taken.
    ReportCutShort,
}

impl Bug {
    /// Every planted bug.
    pub const ALL: [Self; 12] = [
        Self::AnswerBeforeDurable,
        Self::OlderSessionBelieved,
        Self::StatusGoesBack,
        Self::AddressGivenTwice,
        Self::NodeOverbooked,
        Self::TokenForgotten,
        Self::StopNotPublished,
        Self::ReleasedWhenLost,
        Self::TasksForgottenAtStart,
        Self::ClockFollowsWall,
        Self::TimeStampMoves,
        Self::ReportCutShort,
    ];
}

#[cfg(feature = "planted-bugs")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Lets the present thread suffer from one bug, or from none.
#[cfg(feature = "planted-bugs")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether the present thread suffers from this bug.
#[cfg(feature = "planted-bugs")]
pub fn suffers(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Without the feature nothing suffers.
#[cfg(not(feature = "planted-bugs"))]
pub const fn suffers(_: Bug) -> bool {
    false
}
