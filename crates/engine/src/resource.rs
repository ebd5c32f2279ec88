//! Something that a task holds on its node: its network interface, its folder, a container.
//!
//! ```text
//!   Absent ─make─► Making ─► Ready ─remove─► Removing ─► Gone
//!     ▲───retry──────┘                │ ▲       │
//!     └ what is not there is          │ └─retry─┘ (Leaving)
//!       removed all the same: a       ▼
//!       crash may have left it     Removing
//! ```

use crate::event::Failure;
use crate::limits::{REMOVE_FAILURES_BEFORE_STOPPED, REMOVE_RETRY_MS, RETRY_MS};
use gantry_model::NodeTime;

/// How far a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Not made, and not to be tried before a time. `until` is set when it was tried: how long it may be tried.
    Absent { not_before: NodeTime, until: Option<NodeTime> },
    /// Being made, for no longer than `until`.
    Making { until: NodeTime },
    /// There.
    Ready,
    /// To be removed once more, not before a time.
    Leaving { not_before: NodeTime, failures: u32 },
    /// Being removed.
    Removing { failures: u32 },
    /// Removed.
    Gone,
}

/// What the end of making means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// It is there, or will be tried again, or the news is old: nothing to do.
    Noted,
    /// It is there although it was given up: it must be removed again.
    TooLate,
    /// It will not be there.
    Failed(String),
}

impl Resource {
    /// Not made, and free to be.
    pub(crate) const ABSENT: Self = Self::Absent { not_before: NodeTime(0), until: None };

    /// Whether to begin making it now.
    pub(crate) fn make(&mut self, now: NodeTime, limit_ms: u64) -> bool {
        let Self::Absent { not_before, until } = *self else { return false };
        if now < not_before {
            return false;
        }
        *self = Self::Making { until: until.filter(|until| *until > now).unwrap_or(now.plus_ms(limit_ms)) };
        true
    }

    /// Making it has ended.
    pub(crate) fn made(&mut self, result: Result<(), Failure>, now: NodeTime) -> Made {
        match (&*self, result) {
            (Self::Making { .. }, Ok(())) => {
                *self = Self::Ready;
                Made::Noted
            }
            (Self::Making { until }, Err(failure)) if failure.retryable && now.plus_ms(RETRY_MS) < *until => {
                *self = Self::Absent { not_before: now.plus_ms(RETRY_MS), until: Some(*until) };
                Made::Noted
            }
            (Self::Making { .. }, Err(failure)) => {
                *self = Self::Absent { not_before: now.plus_ms(REMOVE_RETRY_MS), until: None };
                Made::Failed(failure.text)
            }
            // It was given up for being slow, and came after all.
            (Self::Absent { until: Some(_), .. }, Ok(())) => {
                *self = Self::Ready;
                Made::Noted
            }
            (Self::Removing { .. } | Self::Leaving { .. } | Self::Gone, Ok(())) => Made::TooLate,
            (Self::Removing { .. } | Self::Leaving { .. } | Self::Gone, Err(_)) => Made::Noted,
            (Self::Absent { .. } | Self::Ready, _) => Made::Noted,
        }
    }

    /// Whether making it took longer than it may. What is still wanted is made once more, after a while.
    pub(crate) fn expire(&mut self, now: NodeTime) -> bool {
        let overdue = matches!(self, Self::Making { until } if now >= *until);
        if overdue {
            *self = Self::Absent { not_before: now.plus_ms(REMOVE_RETRY_MS), until: Some(now) };
        }
        overdue
    }

    /// Whether it is being made.
    pub(crate) fn is_making(&self) -> bool {
        matches!(self, Self::Making { .. })
    }

    /// Whether to begin removing it now.
    pub(crate) fn remove(&mut self, now: NodeTime) -> bool {
        let failures = match self {
            Self::Absent { .. } | Self::Making { .. } | Self::Ready => 0,
            Self::Leaving { not_before, failures } if now >= *not_before => *failures,
            Self::Leaving { .. } | Self::Removing { .. } | Self::Gone => return false,
        };
        *self = Self::Removing { failures };
        true
    }

    /// Removing it has ended.
    pub(crate) fn removed(&mut self, succeeded: bool, now: NodeTime) {
        let Self::Removing { failures } = *self else { return };
        *self = if succeeded {
            Self::Gone
        } else {
            Self::Leaving { not_before: now.plus_ms(REMOVE_RETRY_MS), failures: failures.saturating_add(1) }
        };
    }

    /// Whether nobody should wait for its removal any longer.
    pub(crate) fn is_given_up(&self) -> bool {
        match self {
            Self::Gone => true,
            Self::Leaving { failures, .. } | Self::Removing { failures } => {
                *failures >= REMOVE_FAILURES_BEFORE_STOPPED
            }
            Self::Absent { .. } | Self::Making { .. } | Self::Ready => false,
        }
    }

    /// When time alone may change what to do about it.
    pub(crate) fn wake(&self) -> Option<NodeTime> {
        match self {
            Self::Absent { not_before, .. } | Self::Leaving { not_before, .. } => Some(*not_before),
            Self::Making { until } => Some(*until),
            Self::Ready | Self::Removing { .. } | Self::Gone => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(retryable: bool) -> Result<(), Failure> {
        Err(Failure { text: "no".into(), retryable })
    }

    #[test]
    fn a_failure_that_may_pass_is_tried_again_within_the_limit() {
        let mut resource = Resource::ABSENT;
        assert!(resource.make(NodeTime(0), 1000));
        assert!(!resource.make(NodeTime(0), 1000), "one at a time");
        assert_eq!(resource.made(failure(true), NodeTime(10)), Made::Noted);
        assert!(!resource.make(NodeTime(11), 1000), "not at once");
        assert!(resource.make(NodeTime(510), 1000));
        assert_eq!(resource, Resource::Making { until: NodeTime(1000) });
        assert_eq!(resource.made(failure(true), NodeTime(600)), Made::Failed("no".into()));
    }

    #[test]
    fn what_is_made_after_it_was_given_up_is_noticed() {
        let mut resource = Resource::ABSENT;
        resource.make(NodeTime(0), 1000);
        assert!(resource.remove(NodeTime(1)));
        assert_eq!(resource.made(Ok(()), NodeTime(2)), Made::TooLate);
        resource.removed(true, NodeTime(3));
        assert_eq!(resource.made(Ok(()), NodeTime(4)), Made::TooLate);
        assert_eq!(resource, Resource::Gone);
    }

    #[test]
    fn removals_are_repeated_without_end_but_not_waited_for() {
        let mut resource = Resource::Ready;
        for failures in 0..5 {
            assert_eq!(resource.is_given_up(), failures >= REMOVE_FAILURES_BEFORE_STOPPED);
            let at = resource.wake().unwrap_or_default();
            assert!(resource.remove(at));
            resource.removed(false, at);
        }
    }
}
