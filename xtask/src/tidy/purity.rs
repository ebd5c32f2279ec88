//! The pure crates name no clock, no randomness, no unordered map, no thread and no I/O.

use super::source;
use anyhow::Result;

const PURE: &[&str] = &[
    "crates/model/src",
    "crates/wire/src",
    "crates/orchestrator/src",
    "crates/engine/src",
    "crates/sim/src",
];

/// What a pure crate must not name, as it stands in a path or a use.
const BANNED: &[&str] = &[
    "tokio",
    "SystemTime",
    "Instant::now",
    "time::Instant",
    "HashMap",
    "HashSet",
    "rand::",
    "std::thread",
    "thread::spawn",
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::io",
    "std::process",
    "std::env",
    "println!",
    "eprintln!",
];

pub(super) fn breaches() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for source in source::under(PURE)? {
        for (number, line) in source.code() {
            let named = BANNED.iter().filter(|name| line.contains(*name));
            found.extend(named.map(|name| format!("{}:{number}: a pure crate names {name}", source.path)));
        }
    }
    Ok(found)
}
