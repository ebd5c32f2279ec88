//! The link over real byte streams: every message arrives as it was sent, and nothing else is let in.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod bytes;
mod golden;
mod samples;
mod session;
