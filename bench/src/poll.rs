//! Waiting for a server that is starting: nothing but asking again tells when it answers.

use anyhow::{Context, Result};
use std::process::Child;
use std::time::{Duration, Instant};

/// Between two questions: short against the tens of milliseconds that a start takes.
const ASK_AGAIN: Duration = Duration::from_millis(1);

/// A server that takes longer is broken.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks until there is an answer.
///
/// # Errors
/// When the server ends or the limit passes; the last question's error is the source.
pub(crate) fn until_answered<T>(
    what: &str,
    server: &mut Child,
    mut ask: impl FnMut() -> Result<T>,
) -> Result<T> {
    let end = Instant::now() + LIMIT;
    loop {
        let error = match ask() {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if let Some(status) = server.try_wait()? {
            return Err(error).with_context(|| format!("{what} ended: {status}"));
        }
        if Instant::now() > end {
            return Err(error).with_context(|| format!("{what} does not answer within {LIMIT:?}"));
        }
        std::thread::sleep(ASK_AGAIN);
    }
}
