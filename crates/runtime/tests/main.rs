//! Real containers, in real namespaces and cgroups. Needs root, and busybox by `apt-get install busybox-static`.

#![allow(clippy::unwrap_used, reason = "what is unwrapped here is what the test asserts")]

mod conformance;
mod exec;
mod faults;
mod image;
mod inside;
mod life;
mod limits;
mod network;
mod output;
mod seccomp;
mod security;
mod storm;
mod support;
mod unified;
