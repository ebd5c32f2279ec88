//! Tests of the crate through its two doors: a call goes in as the JSON that a client sends, a plan comes out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod cluster;
mod fields;
mod never_panics;
mod refusals;
mod run_task;
mod sts;
mod support;
mod tag;
mod task;
mod task_definition;
mod unbuilt;
mod whole_way;
