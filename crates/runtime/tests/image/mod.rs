//! Images from archives made here, on a real file system.

#![allow(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod archives;
mod builtin;
mod hostile;
mod layers;
mod overlay;
mod shop;
mod store;
