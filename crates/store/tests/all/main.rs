//! Every store against one suite, and the embedded one against real faults: torn files, `kill -9`, a full disk.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod conformance;
#[cfg(feature = "embedded")]
mod full_disk;
#[cfg(feature = "embedded")]
mod heal;
#[cfg(feature = "embedded")]
mod kill;
#[cfg(feature = "embedded")]
mod locked;
mod memory_faults;
mod random;
mod support;
#[cfg(feature = "embedded")]
mod torn;
