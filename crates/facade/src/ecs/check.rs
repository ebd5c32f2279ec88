//! Checks that many operations share, in ECS's words.

use super::fault::{client, invalid};
use crate::Fault;
use gantry_shapes::ecs::{Operation, Request};
use gantry_wire::visit::{Missing, first_missing};

/// Refuses a request that lacks a member which the model requires.
pub(crate) fn required_members(request: &Request) -> Result<(), Fault> {
    let Some(missing) = first_missing(request.input()) else { return Ok(()) };
    let message = lacking(&missing);
    Err(if speaks_client_exception(request.operation()) { client(message) } else { invalid(message) })
}

/// What ECS says about an absent member.
fn lacking(missing: &Missing) -> String {
    match missing.member {
        "tasks" => "Tasks cannot be empty.".to_owned(),
        "services" => "Services cannot be empty.".to_owned(),
        "containerInstances" => "Container Instances cannot be empty.".to_owned(),
        "containerDefinitions" => "Container list cannot be empty.".to_owned(),
        "subnets" => "subnets can not be empty.".to_owned(),
        "attributes" => "attributes can not be empty".to_owned(),
        member => format!("{} can not be blank.", capitalized(member)),
    }
}

/// Operations that answer ClientException where the others answer InvalidParameterException.
fn speaks_client_exception(operation: Operation) -> bool {
    let name = operation.as_str();
    name.contains("TaskDefinition") || name == "DescribeContainerInstances"
}

fn capitalized(member: &str) -> String {
    let (first, rest) = member.split_at(usize::from(!member.is_empty()));
    first.to_uppercase() + rest
}

/// A text that must not be empty where it is given.
pub(crate) fn not_blank(value: &str, thing: &str) -> Result<(), Fault> {
    if value.is_empty() { Err(invalid(format!("{thing} can not be blank."))) } else { Ok(()) }
}

/// A text of at most `max` characters.
pub(crate) fn no_longer_than(value: Option<&str>, thing: &str, max: usize) -> Result<(), Fault> {
    let too_long = value.is_some_and(|text| text.chars().count() > max);
    if too_long { Err(invalid(format!("{thing} longer than {max}."))) } else { Ok(()) }
}

/// A list of at most `max` elements.
pub(crate) fn at_most_items<T>(values: &[T], thing: &str, max: usize) -> Result<(), Fault> {
    if values.len() > max { Err(invalid(format!("{thing} can have at most {max} items."))) } else { Ok(()) }
}

/// A number from `min` to `max`.
pub(crate) fn within(value: i32, thing: &str, min: i32, max: i32) -> Result<(), Fault> {
    if value < min {
        return Err(invalid(format!("{thing} must be at least {min}")));
    }
    if value > max { Err(invalid(format!("{thing} must be at most {max}"))) } else { Ok(()) }
}

/// A word out of a list.
pub(crate) fn one_of(value: &str, thing: &str, words: &[&str]) -> Result<(), Fault> {
    if words.contains(&value) {
        Ok(())
    } else {
        Err(invalid(format!("{thing} should be one of [{}]", words.join(","))))
    }
}
