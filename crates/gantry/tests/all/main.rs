//! The program with a pretended runtime: real processes and real commands, no rights needed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod commands;
mod harness;
mod starting;
