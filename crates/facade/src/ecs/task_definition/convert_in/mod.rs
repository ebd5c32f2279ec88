//! RegisterTaskDefinition's input → what is stored.
//!
//! One function per shape, one file per group of shapes. Each takes its shape apart member by member, so that a member
//! which a later model adds does not compile until somebody decided about it. Checks what a value needs to exist at all
//! (required members, known words, numbers in text); what values mean to one another is [`super::validate`]'s part.

mod container;
mod given;
mod linux;
mod logs;
mod network;
mod process;
mod resource;
mod storage;
mod task;

use crate::Fault;
use crate::ecs::fault::client;
use crate::ecs::tags;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_model::{Family, Tags};
use gantry_shapes::ecs::{RegisterTaskDefinitionRequest, Tag};
use given::{not_empty, required, some_try_each, try_each};

/// A RegisterTaskDefinition that can be read.
#[derive(Debug, PartialEq)]
pub(super) struct Registration {
    pub(super) family: Family,
    pub(super) content: TaskDefinitionContent,
    pub(super) tags: Tags,
}

/// Reads the input.
///
/// # Errors
/// ClientException where a required member lacks or a value is not one of those that AWS knows.
pub(super) fn registration(input: RegisterTaskDefinitionRequest) -> Result<Registration, Fault> {
    let RegisterTaskDefinitionRequest {
        family,
        task_role_arn,
        execution_role_arn,
        network_mode,
        container_definitions,
        volumes,
        placement_constraints,
        requires_compatibilities,
        cpu,
        memory,
        tags,
        pid_mode,
        ipc_mode,
        proxy_configuration,
        inference_accelerators,
        ephemeral_storage,
        runtime_platform,
        enable_fault_injection,
        trusted_execution_configuration,
    } = input;
    if inference_accelerators.is_some_and(|accelerators| !accelerators.is_empty()) {
        return Err(client("Unsupported field 'inferenceAccelerators'."));
    }
    let family =
        required(family, "Family")?.parse().map_err(|_| client("Family contains invalid characters."))?;
    let content = TaskDefinitionContent {
        task_role_arn: not_empty(task_role_arn),
        execution_role_arn: not_empty(execution_role_arn),
        network_mode: network_mode.map(task::network_mode).transpose()?,
        containers: try_each(container_definitions.unwrap_or_default(), container::container)?,
        volumes: try_each(volumes.unwrap_or_default(), storage::volume)?,
        placement_constraints: try_each(
            placement_constraints.unwrap_or_default(),
            task::placement_constraint,
        )?,
        requires_compatibilities: some_try_each(requires_compatibilities, task::compatibility)?,
        cpu_units: cpu.map(task::cpu_units).transpose()?,
        memory_mib: memory.map(task::memory_mib).transpose()?,
        pid_mode: pid_mode.map(task::pid_mode).transpose()?,
        ipc_mode: ipc_mode.map(task::ipc_mode).transpose()?,
        proxy_configuration: proxy_configuration.map(task::proxy_configuration).transpose()?,
        ephemeral_storage_gib: ephemeral_storage.map(task::ephemeral_storage).transpose()?,
        runtime_platform: runtime_platform.map(task::runtime_platform).transpose()?,
        enable_fault_injection,
        trusted_execution: trusted_execution_configuration.map(task::trusted_execution).transpose()?,
    };
    Ok(Registration { family, content, tags: read_tags(tags)? })
}

/// Tags, with ClientException where other operations say InvalidParameterException.
fn read_tags(given: Option<Vec<Tag>>) -> Result<Tags, Fault> {
    if given.as_ref().is_some_and(Vec::is_empty) {
        return Err(client("Tags can not be empty."));
    }
    tags::read(given).map_err(|fault| client(fault.message().unwrap_or_default().to_owned()))
}
