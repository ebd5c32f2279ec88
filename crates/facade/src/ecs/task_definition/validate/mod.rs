//! What RegisterTaskDefinition refuses: the rules between values that are well formed each by itself.
//!
//! Takes in what would be stored; gives out the first refusal in AWS's code and words, in AWS's order as far as it is known:
//! containers, then what they share, then the launch types that the definition requires. One file per theme. Where AWS's
//! own words for a rule are not known, they follow the nearest ones that are.

mod containers;
mod dependencies;
mod environment;
mod fargate;
mod file_systems;
mod health;
mod launch_types;
mod lifecycle;
mod limits;
mod linux;
mod logs;
mod network;
mod ports;
mod proxy;
mod resources;
mod roles;
mod security;
mod size;
mod task;
mod volumes;

pub(super) use launch_types::fits;
pub(super) use limits::request_size;
pub(super) use size::invalid_setting;

use crate::Fault;
use crate::ecs::fault::client;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Checks what a user wants to register.
///
/// # Errors
/// The first refusal.
pub(super) fn content(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let rules = [
        containers::check,
        size::check,
        network::check,
        ports::check,
        environment::check,
        lifecycle::check,
        health::check,
        dependencies::check,
        linux::check,
        limits::check,
        security::check,
        resources::check,
        logs::check,
        volumes::check,
        file_systems::check,
        proxy::check,
        roles::check,
        task::check,
        launch_types::check,
    ];
    rules.into_iter().try_for_each(|rule| rule(content))
}

/// Refuses with ClientException where `bad` holds.
fn refuse_if(bad: bool, message: impl Into<Cow<'static, str>>) -> Result<(), Fault> {
    if bad { Err(client(message)) } else { Ok(()) }
}

/// Refuses a container's setting in ECS's general words.
fn refuse_setting_if(bad: bool, member: &str, container: &ContainerDefinition) -> Result<(), Fault> {
    refuse_if(bad, format!("Invalid '{member}' setting for container '{}'.", container.name))
}

/// The text of an option that is in a map that may be absent.
fn option<'a>(options: Option<&'a BTreeMap<String, String>>, key: &str) -> Option<&'a str> {
    options?.get(key).map(String::as_str)
}
