//! Why bytes could not be read as a shape.

use super::{MAX_DEPTH, MAX_MEMORY_BYTES};
use std::fmt;

/// What is wrong, and at which member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    problem: Problem,
    path: String,
}

/// What is wrong. The texts are AWS's own where clients are known to see them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A JSON value of another type than the member's.
    #[error("{found} cannot be converted to {wanted}")]
    Mismatch {
        /// AWS's name of what stands there, such as `STRING_VALUE`.
        found: &'static str,
        /// The member's type, such as `Integer`.
        wanted: &'static str,
    },
    /// An object where a list or a leaf belongs.
    #[error("Start of structure or map found where not expected.")]
    UnexpectedStructure,
    /// A list where an object or a leaf belongs.
    #[error("Start of list found where not expected")]
    UnexpectedList,
    /// Not JSON.
    #[error("Unexpected token: {what} at offset {offset}")]
    Syntax {
        /// What the reader met or missed.
        what: &'static str,
        /// Bytes from the start of the body.
        offset: usize,
    },
    /// More than [`MAX_DEPTH`] levels.
    #[error("Nested too deep: at most {MAX_DEPTH} levels are read")]
    TooDeep,
    /// More than [`MAX_MEMORY_BYTES`].
    #[error("Too large: lists and maps of one request may take {MAX_MEMORY_BYTES} bytes")]
    TooLarge,
    /// A form field whose text is not of the member's type.
    #[error("Value is not a valid {wanted}")]
    Form {
        /// The member's type, such as `Integer`.
        wanted: &'static str,
    },
}

impl ReadError {
    /// What is wrong, without the place.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The wire names of the members that lead to the place, joined by dots; empty at the top.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Adds the member around the place; called on the way out.
    #[cold]
    pub(crate) fn within(mut self, member: &str) -> ReadError {
        self.path = if self.path.is_empty() { member.to_owned() } else { format!("{member}.{}", self.path) };
        self
    }
}

impl From<Problem> for ReadError {
    #[cold]
    fn from(problem: Problem) -> ReadError {
        ReadError { problem, path: String::new() }
    }
}

/// The text that the client gets. AWS names no place, so neither do we; logs take [`ReadError::path`].
impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for ReadError {}
