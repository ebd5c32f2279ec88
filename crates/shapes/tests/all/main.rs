//! The generated shapes: against the AWS clients, against random bytes, and against their own lists.

mod fuzz;
mod generated;
#[allow(unreachable_pub, clippy::enum_variant_names, reason = "generated as for a crate of its own")]
mod kitchen;
mod oracle;

use gantry_shapes::{ecs, sts};

// The services of the crate, and the made-up one with every kind of member.
gantry_wire::services! { Ecs: ecs, Sts: sts, Kitchen: kitchen }
