//! The network of tasks in real namespaces. Each test has a host of its own: a namespace of its thread.

#![allow(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod basics;
mod conformance;
mod host;
mod leftovers;
mod way_out;
