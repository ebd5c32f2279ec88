//! `overrides` of a task, in both directions.

use crate::Fault;
use crate::ecs::fault::{invalid, unsupported};
use crate::ecs::{check, size};
use gantry_model::record::task::{self as model, ContainerIdentity};
use gantry_orchestrator::command::ecs::SizeOverride;
use gantry_shapes::ecs::{ContainerOverride, EphemeralStorage, KeyValuePair, TaskOverride};
use std::collections::BTreeMap;

/// Smallest ephemeral storage that can be asked for.
const EPHEMERAL_STORAGE_GIB_MIN: i32 = 21;
/// Largest one.
const EPHEMERAL_STORAGE_GIB_MAX: i32 = 200;

/// Reads what a client gave: as it is kept and shown, and the size that it asks for.
pub(super) fn read(given: TaskOverride) -> Result<(model::TaskOverrides, SizeOverride), Fault> {
    if given.inference_accelerator_overrides.is_some_and(|overrides| !overrides.is_empty()) {
        return Err(invalid("Unsupported field 'inferenceAcceleratorOverrides'."));
    }
    let cpu_units = read_size(given.cpu.as_deref(), "cpu", size::cpu_units)?;
    let memory_mib = read_size(given.memory.as_deref(), "memory", size::memory_mib)?;
    let overrides = model::TaskOverrides {
        cpu: cpu_units.map(|units| units.to_string()),
        memory: memory_mib.map(|mib| mib.to_string()),
        task_role_arn: given.task_role_arn,
        execution_role_arn: given.execution_role_arn,
        ephemeral_storage_gib: given.ephemeral_storage.map(read_storage).transpose()?,
        containers: read_containers(given.container_overrides.unwrap_or_default())?,
    };
    Ok((overrides, SizeOverride { cpu_units, memory_mib }))
}

fn read_size(given: Option<&str>, thing: &str, read: fn(&str) -> Option<u32>) -> Result<Option<u32>, Fault> {
    let Some(text) = given else { return Ok(None) };
    let amount = read(text).ok_or_else(|| invalid(format!("Invalid '{thing}' setting for task.")))?;
    Ok(Some(amount))
}

fn read_storage(given: EphemeralStorage) -> Result<u32, Fault> {
    let gib = given.size_in_gi_b.unwrap_or_default();
    if gib < EPHEMERAL_STORAGE_GIB_MIN {
        return Err(invalid(format!("EphemeralStorage size should be at least {EPHEMERAL_STORAGE_GIB_MIN}")));
    }
    if gib > EPHEMERAL_STORAGE_GIB_MAX {
        return Err(invalid(format!("EphemeralStorage size should be at most {EPHEMERAL_STORAGE_GIB_MAX}")));
    }
    Ok(gib.unsigned_abs())
}

fn read_containers(
    given: Vec<ContainerOverride>,
) -> Result<BTreeMap<String, model::ContainerOverride>, Fault> {
    let mut containers = BTreeMap::new();
    for container in given {
        if container == ContainerOverride::default() {
            continue; // an entry that overrides nothing needs no name
        }
        let name = container.name.clone().unwrap_or_default();
        check::not_blank(&name, "Container Name")?;
        let overridden = read_container(&name, container)?;
        if containers.insert(name.clone(), overridden).is_some() {
            return Err(invalid(format!("Container {name} is overridden more than once.")));
        }
    }
    Ok(containers)
}

fn read_container(name: &str, given: ContainerOverride) -> Result<model::ContainerOverride, Fault> {
    if given.environment_files.is_some_and(|files| !files.is_empty()) {
        return Err(unsupported("overrides.containerOverrides[].environmentFiles", Some(name)));
    }
    if given.resource_requirements.is_some_and(|requirements| !requirements.is_empty()) {
        return Err(unsupported("overrides.containerOverrides[].resourceRequirements", Some(name)));
    }
    for (amount, thing, min) in [
        (given.cpu, "cpu", 0),
        (given.memory, "memory", MEMORY_MIB_MIN),
        (given.memory_reservation, "memoryReservation", MEMORY_MIB_MIN),
    ] {
        check::within(amount.unwrap_or(min), thing, min, i32::MAX)?;
    }
    Ok(model::ContainerOverride {
        command: given.command,
        environment: given.environment.map(read_environment).transpose()?,
        cpu: given.cpu,
        memory: given.memory,
        memory_reservation: given.memory_reservation,
    })
}

/// The least memory of a container.
const MEMORY_MIB_MIN: i32 = 4;

fn read_environment(given: Vec<KeyValuePair>) -> Result<Vec<(String, String)>, Fault> {
    let read = |pair: KeyValuePair| {
        let name = pair.name.unwrap_or_default();
        check::not_blank(&name, "Environment variable name")?;
        Ok((name, pair.value.unwrap_or_default()))
    };
    given.into_iter().map(read).collect()
}

/// Shows overrides: one entry per container, whether or not it is overridden.
pub(super) fn shown(overrides: &model::TaskOverrides, containers: &[ContainerIdentity]) -> TaskOverride {
    TaskOverride {
        container_overrides: Some(containers.iter().map(|c| shown_container(overrides, &c.name)).collect()),
        cpu: overrides.cpu.clone(),
        inference_accelerator_overrides: Some(Vec::new()),
        execution_role_arn: overrides.execution_role_arn.clone(),
        memory: overrides.memory.clone(),
        task_role_arn: overrides.task_role_arn.clone(),
        ephemeral_storage: overrides.ephemeral_storage_gib.map(storage),
    }
}

fn shown_container(overrides: &model::TaskOverrides, name: &str) -> ContainerOverride {
    let named = ContainerOverride { name: Some(name.to_owned()), ..ContainerOverride::default() };
    let Some(given) = overrides.containers.get(name) else { return named };
    ContainerOverride {
        command: given.command.clone(),
        environment: given.environment.as_ref().map(|pairs| pairs.iter().map(shown_pair).collect()),
        cpu: given.cpu,
        memory: given.memory,
        memory_reservation: given.memory_reservation,
        ..named
    }
}

fn shown_pair((name, value): &(String, String)) -> KeyValuePair {
    KeyValuePair { name: Some(name.clone()), value: Some(value.clone()) }
}

/// Ephemeral storage as shapes carry it.
pub(super) fn storage(gib: u32) -> EphemeralStorage {
    EphemeralStorage { size_in_gi_b: i32::try_from(gib).ok() }
}
