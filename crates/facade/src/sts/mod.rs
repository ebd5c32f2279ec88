//! AWS Security Token Service, API version 2011-06-15.
//!
//! Takes in its requests, gives out plans. A file per operation.

mod get_caller_identity;

use crate::{Context, Fault, Plan};
use gantry_shapes::sts::Request;

/// Decides what to do about one call to STS.
///
/// # Errors
/// None yet: the one operation cannot fail.
pub fn plan(cx: &Context<'_>, request: Request) -> Result<Plan, Fault> {
    match request {
        Request::GetCallerIdentity(input) => Ok(Plan::answer(get_caller_identity::get(cx, input))),
    }
}
