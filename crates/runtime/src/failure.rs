//! Errors that travel between processes: the agent, shims and inits each do a part of one call.

use serde::{Deserialize, Serialize};
use std::io;

/// A step that the kernel refused, in a process other than the caller's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// What was tried, as a verb with its object.
    pub(crate) doing: String,
    errno: Option<i32>,
    text: String,
}

impl Failure {
    pub(crate) fn new(doing: impl Into<String>, source: &io::Error) -> Failure {
        Failure { doing: doing.into(), errno: source.raw_os_error(), text: source.to_string() }
    }

    /// The error as it was where it happened.
    pub(crate) fn source(&self) -> io::Error {
        self.errno.map_or_else(|| io::Error::other(self.text.clone()), io::Error::from_raw_os_error)
    }
}

/// Names the step that a result belongs to.
pub(crate) trait Doing<T> {
    /// For steps with a fixed name.
    fn doing(self, what: &str) -> Result<T, Failure>;

    /// For steps whose name is made of what they work on.
    fn doing_with(self, what: impl FnOnce() -> String) -> Result<T, Failure>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, Failure> {
        self.map_err(|source| Failure::new(what, &source.into()))
    }

    fn doing_with(self, what: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|source| Failure::new(what(), &source.into()))
    }
}

/// A program that could not be executed: Docker's text, and the exit code that Docker sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotExecuted {
    pub(crate) message: String,
    pub(crate) code: i32,
}

/// The program does not exist.
pub(crate) const NOT_FOUND: i32 = 127;
/// The program exists and cannot be executed.
pub(crate) const NOT_EXECUTABLE: i32 = 126;
/// Something around the program failed.
pub(crate) const NOT_STARTED: i32 = 128;

impl NotExecuted {
    pub(crate) fn new(code: i32, message: impl Into<String>) -> NotExecuted {
        NotExecuted { message: message.into(), code }
    }
}

impl From<Failure> for NotExecuted {
    fn from(failure: Failure) -> NotExecuted {
        NotExecuted::new(NOT_STARTED, format!("cannot {}: {}", failure.doing, plain(&failure.source())))
    }
}

/// The kernel's text as C programs print it, lower-case and without "(os error 2)".
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_number_survives_the_way() {
        let failure: Failure =
            Err::<(), _>(io::Error::from_raw_os_error(libc::ENOSPC)).doing("x").unwrap_err();
        let copy: Failure = serde_json::from_str(&serde_json::to_string(&failure).unwrap()).unwrap();
        assert_eq!(copy.source().raw_os_error(), Some(libc::ENOSPC));
        assert_eq!(plain(&copy.source()), "no space left on device");
    }
}
