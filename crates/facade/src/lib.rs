//! What AWS's operations mean here: shapes in, commands and shapes out.
//!
//! A folder per AWS service, a file per operation. [`plan`] takes one call with who made it and the state, and gives out a
//! [`Plan`]: the answer itself where reading is enough, else a command for the orchestrator with the way in which its reply
//! becomes the answer. Everything that AWS checks, words and fills in stands here.
//!
//! Does not know: which protocol carried a call, what ECS decides (`orchestrator`), a connection or a clock.

mod context;
pub mod ecs;
pub mod fields;
mod plan;
pub mod sts;
mod time;

pub use context::{Caller, Context};
pub use fields::differences_page;
pub use gantry_wire::Fault;
pub use plan::{Output, Plan, Respond};

use gantry_shapes::Call;

/// Decides what to do about one call.
///
/// # Errors
/// The [`Fault`] that the client gets when the call is not valid by itself or asks for what does not exist.
pub fn plan(cx: &Context<'_>, call: Call) -> Result<Plan, Fault> {
    match call {
        Call::Ecs(request) => ecs::plan(cx, request),
        Call::Sts(request) => sts::plan(cx, request),
    }
}
