//! Entries of `failures`: what a request named and could not be had, in an answer that is otherwise a success.

use gantry_shapes::ecs::Failure;

/// What was named does not exist.
pub(crate) fn missing(arn: String) -> Failure {
    Failure { arn: Some(arn), reason: Some("MISSING".to_owned()), detail: None }
}
