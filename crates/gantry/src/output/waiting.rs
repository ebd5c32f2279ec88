//! Waits that name what they wait for.

use super::Output;
use std::io::{Write, stderr};
use std::time::Instant;

/// One wait. On a terminal its line is drawn anew; in a log a line is added when what is waited for changes.
#[derive(Debug)]
pub(crate) struct Waiting {
    live: bool,
    silent: bool,
    began: Instant,
    last: String,
}

impl Waiting {
    pub(crate) fn new(output: Output) -> Self {
        Self { live: output.is_live(), silent: output.is_json(), began: Instant::now(), last: String::new() }
    }

    /// Says what is waited for now, such as `2 of 3 tasks to be RUNNING`.
    pub(crate) fn say(&mut self, what: &str) {
        let changed = self.last != what;
        self.last = what.to_owned();
        if self.silent || !(self.live || changed) {
            return;
        }
        let seconds = self.began.elapsed().as_secs();
        let (start, end) = if self.live { ("\r\x1b[K", "") } else { ("", "\n") };
        // A wait that cannot be shown is a wait all the same.
        let _ = write!(stderr(), "{start}waiting for {what}, {seconds} s{end}");
    }
}

/// The line of a wait that is over is wiped.
impl Drop for Waiting {
    fn drop(&mut self) {
        if self.live && !self.last.is_empty() {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
