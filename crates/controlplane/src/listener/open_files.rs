//! Each connection is an open file: the process takes as many as it may.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are not connections: the store, sessions, streams, the runtime.
const OTHER_FILES: u64 = 1_024;

/// More connections than this are no clients of one node; each costs some 10 KiB.
const CONNECTIONS_MAX: u64 = 16_384;

/// Raises the soft limit of open files to the hard one. Answers how many connections there is room for.
pub(super) fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let hard = limit.maximum.unwrap_or(CONNECTIONS_MAX + OTHER_FILES);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(hard), maximum: limit.maximum });
    let files = if raised.is_ok() { hard } else { limit.current.unwrap_or(hard) };
    let connections = files.saturating_sub(OTHER_FILES).clamp(64, CONNECTIONS_MAX);
    usize::try_from(connections).expect("the bound is small")
}
