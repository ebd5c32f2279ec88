//! The containers of a task as clients see them.

use super::interface;
use super::shown::Described;
use gantry_model::arn;
use gantry_model::record::task::{ContainerIdentity, ContainerObserved};
use gantry_model::record::task_definition::ContainerDefinition;
use gantry_model::record::{Task, TaskDefinition};
use gantry_model::status::{ContainerStatus, HealthStatus};
use gantry_shapes::ecs::Container;

/// Every container, in the definition's order.
pub(super) fn all(task: &Task, definition: Option<&TaskDefinition>, described: Described) -> Vec<Container> {
    let numbered = task.spec.containers.iter().enumerate();
    let shown = |(index, identity): (usize, &ContainerIdentity)| {
        let observed = task.observed.containers.get(index).cloned().unwrap_or_default();
        let defined = definition.and_then(|definition| defined(definition, &identity.name));
        let health = (described != Described::JustMade).then_some(observed.health);
        Container {
            health_status: health.map(|health| health.as_str().into()),
            ..container(task, identity, &observed, defined)
        }
    };
    numbered.map(shown).collect()
}

fn container(
    task: &Task,
    identity: &ContainerIdentity,
    observed: &ContainerObserved,
    defined: Option<&ContainerDefinition>,
) -> Container {
    let cluster = &task.spec.cluster;
    let overridden = task.spec.overrides.containers.get(&identity.name).cloned().unwrap_or_default();
    let text = |amount: i32| amount.to_string();
    let memory = overridden.memory.or(defined.and_then(|d| d.memory));
    let reservation = overridden.memory_reservation.or(defined.and_then(|d| d.memory_reservation));
    let started = has_started(observed);
    Container {
        container_arn: Some(arn::container(&cluster.scope, &cluster.name, task.id, identity.id)),
        task_arn: Some(task.arn()),
        name: Some(identity.name.clone()),
        image: defined.map(|d| d.image.clone()),
        image_digest: observed.image_digest.clone(),
        runtime_id: started.then(|| identity.runtime_id.clone()),
        last_status: Some(observed.status.to_string()),
        exit_code: observed.exit_code,
        reason: observed.reason.clone(),
        network_bindings: started.then(Vec::new),
        network_interfaces: Some(interface::in_container(task)),
        cpu: Some(text(overridden.cpu.or(defined.and_then(|d| d.cpu)).unwrap_or(0))),
        memory: memory.map(text),
        memory_reservation: reservation.map(text),
        ..Container::default()
    }
}

/// Whether the container ran, be it now or once.
fn has_started(observed: &ContainerObserved) -> bool {
    observed.status == ContainerStatus::Running || observed.exit_code.is_some()
}

fn defined<'a>(definition: &'a TaskDefinition, name: &str) -> Option<&'a ContainerDefinition> {
    definition.content.containers.iter().find(|container| container.name == name)
}

/// The health of the essential containers.
pub(super) fn essential_health(task: &Task, definition: Option<&TaskDefinition>) -> Vec<HealthStatus> {
    let pairs = task.spec.containers.iter().zip(&task.observed.containers);
    let essential = pairs.filter(|(identity, _)| {
        let defined = definition.and_then(|definition| defined(definition, &identity.name));
        defined.is_none_or(ContainerDefinition::is_essential)
    });
    essential.map(|(_, observed)| observed.health).collect()
}

/// How bad a health is: the worst of a task's containers is the task's.
pub(super) fn severity(health: HealthStatus) -> u8 {
    match health {
        HealthStatus::Healthy => 0,
        HealthStatus::Unknown => 1,
        HealthStatus::Unhealthy => 2,
    }
}
