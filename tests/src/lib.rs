//! The product under test: the real binary in a network namespace of its own, with real AWS clients.
//!
//! Takes in nothing but the built binary, `target/venv` and `target/cloud-kernel`; gives out [`Product`], and [`Machine`] for
//! what this host's kernel lacks. Both clean up after themselves even where the test fails. Does not know what any test wants
//! to see.

mod client;
mod host;
mod machine;
mod product;
mod wait;

pub use client::{Client, Endpoint, Fault};
pub use host::{Host, Process};
pub use machine::{Answer, Machine};
pub use product::{Options, Product, Role, debug_binary, signal};
pub use wait::{eventually, within};
