//! The shapes and operations of the AWS services that are spoken.
//!
//! Takes in: nothing; each module but this file is made by `cargo xtask codegen` from the public API models.
//! Gives out: a struct per shape, an `Operation`, a `Request` and an `ErrorCode` per service, and [`Call`]
//! over all of them.
//! Does not know: what an operation does.

pub mod ecs;
pub mod sts;

gantry_wire::services! { Ecs: ecs, Sts: sts }
