//! The log of the roles: lines on standard error, levels by `GANTRY_LOG`.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

/// Begins to log at `default` unless `GANTRY_LOG` says otherwise (`debug`, `warn,gantry_agent=debug` and so on).
pub(crate) fn start(default: &str) {
    let filter = EnvFilter::try_from_env("GANTRY_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_target(false);
    lines.with_ansi(stderr().is_terminal()).init();
}
