//! What is stored → TaskDefinition as AWS shows it, with what AWS fills in.
//!
//! The mirror of [`super::convert_in`]: one function per shape, each takes its record apart member by member. What the user
//! did not give stays absent, except for the members that ECS is known to fill in: a container's `cpu`, `essential` and
//! five lists, a port's `hostPort` and `protocol`, a health check's numbers, the task's lists, and what ECS adds itself.

mod attributes;
mod compatibilities;
mod container;
mod linux;
mod logs;
mod network;
mod process;
mod resource;
mod storage;
mod task;

use crate::time::shown;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{Compatibility, NetworkMode, TaskDefinition};

/// A revision as ECS shows it.
pub(super) fn task_definition(definition: &record::TaskDefinition) -> TaskDefinition {
    let added = TaskDefinition {
        task_definition_arn: Some(definition.key.arn()),
        family: Some(definition.key.family.to_string()),
        revision: Some(i32::try_from(definition.key.revision).unwrap_or(i32::MAX)),
        status: Some(definition.status.as_str().into()),
        requires_attributes: attributes::required(&definition.content),
        compatibilities: Some(compatibilities::of(&definition.content)),
        registered_at: Some(shown(definition.registered_at)),
        deregistered_at: definition.deregistered_at.map(shown),
        delete_requested_at: definition.delete_requested_at.map(shown),
        registered_by: Some(definition.registered_by.clone()),
        ..TaskDefinition::default()
    };
    with_content(added, record::TaskDefinitionContent::clone(&definition.content))
}

/// Adds what the user gave.
fn with_content(added: TaskDefinition, content: record::TaskDefinitionContent) -> TaskDefinition {
    let record::TaskDefinitionContent {
        task_role_arn,
        execution_role_arn,
        network_mode,
        containers,
        volumes,
        placement_constraints,
        requires_compatibilities,
        cpu_units,
        memory_mib,
        pid_mode,
        ipc_mode,
        proxy_configuration,
        ephemeral_storage_gib,
        runtime_platform,
        enable_fault_injection,
        trusted_execution,
    } = content;
    let container = |container| container::container(container, network_mode);
    TaskDefinition {
        task_role_arn,
        execution_role_arn,
        network_mode: network_mode.map(|mode| NetworkMode::from(mode.as_str())),
        container_definitions: Some(containers.into_iter().map(container).collect()),
        volumes: Some(volumes.into_iter().map(storage::volume).collect()),
        placement_constraints: Some(
            placement_constraints.into_iter().map(task::placement_constraint).collect(),
        ),
        requires_compatibilities: requires_compatibilities
            .map(|list| list.into_iter().map(|one| Compatibility::from(one.as_str())).collect()),
        cpu: cpu_units.map(|units| units.to_string()),
        memory: memory_mib.map(|mib| mib.to_string()),
        pid_mode: pid_mode.map(|mode| mode.as_str().into()),
        ipc_mode: ipc_mode.map(|mode| mode.as_str().into()),
        proxy_configuration: proxy_configuration.map(task::proxy_configuration),
        ephemeral_storage: ephemeral_storage_gib.map(task::ephemeral_storage),
        runtime_platform: runtime_platform.map(task::runtime_platform),
        enable_fault_injection,
        trusted_execution_configuration: trusted_execution.map(task::trusted_execution),
        ..added
    }
}

/// Converts each element; an absent list stays absent.
fn some_each<R, S>(list: Option<Vec<R>>, convert: impl FnMut(R) -> S) -> Option<Vec<S>> {
    list.map(|list| list.into_iter().map(convert).collect())
}

/// Converts each element; ECS shows an absent list as an empty one.
fn filled_each<R, S>(list: Option<Vec<R>>, convert: impl FnMut(R) -> S) -> Option<Vec<S>> {
    Some(list.into_iter().flatten().map(convert).collect())
}
