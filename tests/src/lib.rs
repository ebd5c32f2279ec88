//! The product under test: the real binary in a network namespace of its own, with real AWS clients.
//!
//! Takes in nothing but the built binary and `target/venv`; gives out [`Product`], which cleans up after itself even where
//! the test fails. Does not know what any test wants to see.

mod client;
mod host;
mod machine;
mod product;
mod wait;

pub use client::{Client, Endpoint, Fault};
pub use host::{Host, Process};
pub use machine::{Answer, Machine};
pub use product::{Options, Product, Role, signal};
pub use wait::{eventually, within};
