//! The version of the conversation.
//!
//! Within one major version both sides speak the lower minor version of the two: a side never sends what that version does
//! not have. A new member of a message that the other side may ignore needs no new version.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What this build speaks.
pub const PROTOCOL: Protocol = Protocol { major: 1, minor: 0 };

/// A version of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Protocol {
    /// Sides of different major versions cannot talk.
    pub major: u16,
    /// Counts additions.
    pub minor: u16,
}

/// The two sides cannot talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the agent speaks protocol {theirs}, this server speaks {ours}: install the same major version on both"
)]
pub struct ProtocolMismatch {
    /// What the agent speaks.
    pub theirs: Protocol,
    /// What this server speaks.
    pub ours: Protocol,
}

impl Protocol {
    /// What a side of this version and a side of version `theirs` speak.
    pub fn negotiate(self, theirs: Self) -> Result<Self, ProtocolMismatch> {
        if self.major == theirs.major {
            Ok(self.min(theirs))
        } else {
            Err(ProtocolMismatch { theirs, ours: self })
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_minor_version_of_one_major_version_is_spoken() {
        let (old, new, next) = (
            Protocol { major: 1, minor: 2 },
            Protocol { major: 1, minor: 7 },
            Protocol { major: 2, minor: 0 },
        );
        assert_eq!(old.negotiate(new), Ok(old));
        assert_eq!(new.negotiate(old), Ok(old));
        let refusal = old.negotiate(next).expect_err("another major version");
        assert!(
            refusal.to_string().contains("agent speaks protocol 2.0, this server speaks 1.2"),
            "{refusal}"
        );
    }
}
