//! CPU and memory of the task and of its containers.
//! Source: `cpu`, `memory` of RegisterTaskDefinition; `cpu`, `memory`, `memoryReservation` of ContainerDefinition.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use crate::ecs::fault::client;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use std::ops::RangeInclusive;

/// CPU units that a task may ask for: an eighth of a vCPU to 192 vCPUs.
const TASK_CPU_UNITS: RangeInclusive<u32> = 128..=196_608;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        container_memory(container, content.memory_mib)?;
        refuse_setting_if(container.cpu.is_some_and(i32::is_negative), "cpu", container)?;
    }
    let Some(task_cpu) = content.cpu_units else { return Ok(()) };
    if !TASK_CPU_UNITS.contains(&task_cpu) {
        return Err(invalid_setting("cpu"));
    }
    let sum: i64 = content.containers.iter().map(|container| i64::from(container.cpu.unwrap_or(0))).sum();
    refuse_if(
        sum > i64::from(task_cpu),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    )
}

fn container_memory(container: &ContainerDefinition, task_mib: Option<u32>) -> Result<(), Fault> {
    let name = &container.name;
    refuse_setting_if(container.memory.is_some_and(i32::is_negative), "memory", container)?;
    refuse_setting_if(
        container.memory_reservation.is_some_and(i32::is_negative),
        "memoryReservation",
        container,
    )?;
    let memory = container.memory.filter(|mib| *mib > 0);
    let reservation = container.memory_reservation.filter(|mib| *mib > 0);
    refuse_if(
        memory.or(reservation).is_none() && task_mib.is_none(),
        format!(
            "Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
        ),
    )?;
    refuse_if(
        memory.is_some_and(|memory| reservation.is_some_and(|reservation| memory < reservation)),
        format!(
            "Invalid setting for container '{name}'. 'memory' must be greater than or equal to 'memoryReservation'."
        ),
    )?;
    let over_task =
        |mib: Option<i32>| mib.zip(task_mib).is_some_and(|(mib, task)| i64::from(mib) > i64::from(task));
    refuse_if(
        over_task(memory),
        format!("The 'memory' setting for container '{name}' is greater than for the task."),
    )?;
    let message =
        format!("The 'memoryReservation' setting for container '{name}' is greater than for the task.");
    refuse_if(over_task(reservation), message)
}

/// What ECS says about a task's `cpu` or `memory` that it does not take.
pub(in super::super) fn invalid_setting(member: &str) -> Fault {
    client(format!(
        "Invalid '{member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS \
         Developer Guide."
    ))
}
