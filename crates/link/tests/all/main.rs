//! The link over real byte streams: every message arrives as it was sent, and nothing else is let in.

mod bytes;
mod golden;
mod samples;
mod session;
