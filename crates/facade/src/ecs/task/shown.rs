//! A task as clients see it, with everything that AWS fills in.

use super::{container, interface, overrides};
use crate::ecs::tags;
use crate::time;
use gantry_model::record::{Task, TaskDefinition};
use gantry_model::status::LaunchType;
use gantry_orchestrator::state::State;
use gantry_shapes::ecs as shapes;
use gantry_shapes::ecs::{Attribute, Connectivity, TaskEphemeralStorage};

/// How much of a task to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Described {
    /// As RunTask answers: with its tags, but nothing about the health of containers that nobody has looked at.
    JustMade,
    /// Without its tags.
    Plain,
    /// With its tags.
    WithTags,
}

/// Shows a task. A fresh one lacks what does not exist yet: its interface, its containers' runtime ids, time stamps.
pub(super) fn task(state: &State, task: &Task, described: Described) -> shapes::Task {
    let definition = state.task_definition(&task.spec.definition).map(AsRef::as_ref);
    let shown = shapes::Task {
        attachments: Some(interface::attachment(task).into_iter().collect()),
        attributes: Some(vec![cpu_architecture(state, task)]),
        containers: Some(container::all(task, definition, described)),
        health_status: Some(health(task, definition)),
        overrides: Some(overrides::shown(&task.spec.overrides, &task.spec.containers)),
        tags: Some(match described {
            Described::Plain => Vec::new(),
            Described::JustMade | Described::WithTags => tags::shown(&task.tags),
        }),
        task_arn: Some(task.arn()),
        version: i64::try_from(task.version).ok(),
        ..shapes::Task::default()
    };
    with_observed(with_spec(shown, task), task)
}

/// Adds what was asked and chosen when the task was made.
fn with_spec(shown: shapes::Task, task: &Task) -> shapes::Task {
    let spec = &task.spec;
    let fargate = spec.launch_type == Some(LaunchType::Fargate);
    let storage = fargate.then_some(spec.ephemeral_storage_gib);
    shapes::Task {
        availability_zone: Some(format!("{}{}", spec.cluster.scope.region, spec.zone)),
        capacity_provider_name: spec.capacity_provider.clone(),
        cluster_arn: Some(spec.cluster.arn()),
        cpu: Some(spec.size.cpu_units.to_string()),
        created_at: Some(time::shown(spec.created_at)),
        enable_execute_command: Some(spec.enable_execute_command),
        group: Some(spec.group.clone()),
        launch_type: spec.launch_type.map(|launch_type| launch_type.as_str().into()),
        memory: Some(spec.size.memory_mib.to_string()),
        platform_version: spec.platform_version.clone(),
        platform_family: fargate.then(|| "Linux".to_owned()),
        started_by: spec.started_by.clone(),
        task_definition_arn: Some(spec.definition.arn()),
        ephemeral_storage: storage.map(overrides::storage),
        fargate_ephemeral_storage: storage
            .map(|gib| TaskEphemeralStorage { size_in_gi_b: i32::try_from(gib).ok(), kms_key_id: None }),
        ..shown
    }
}

/// Adds what is wanted and what was seen.
fn with_observed(shown: shapes::Task, task: &Task) -> shapes::Task {
    let (desired, observed) = (&task.desired, &task.observed);
    shapes::Task {
        connectivity: observed.connectivity_at.map(|_| Connectivity::Connected),
        connectivity_at: observed.connectivity_at.map(time::shown),
        desired_status: Some(desired.status.to_string()),
        execution_stopped_at: observed.execution_stopped_at.map(time::shown),
        last_status: Some(observed.status.to_string()),
        pull_started_at: observed.pull_started_at.map(time::shown),
        pull_stopped_at: observed.pull_stopped_at.map(time::shown),
        started_at: observed.started_at.map(time::shown),
        stop_code: desired.stop_code.map(|code| code.as_str().into()),
        stopped_at: observed.stopped_at.map(time::shown),
        stopped_reason: desired.stopped_reason.clone(),
        stopping_at: desired.stopping_at.map(time::shown),
        ..shown
    }
}

/// The architecture of the machine that runs the task, in ECS's spelling.
fn cpu_architecture(state: &State, task: &Task) -> Attribute {
    let node = state.node(task.spec.node);
    let architecture = node.map_or_else(|| "x86_64".to_owned(), |node| node.cpu_architecture.to_lowercase());
    Attribute {
        name: Some("ecs.cpu-architecture".to_owned()),
        value: Some(architecture),
        ..Attribute::default()
    }
}

/// UNHEALTHY if an essential container is; else UNKNOWN if one is; else HEALTHY.
fn health(task: &Task, definition: Option<&TaskDefinition>) -> shapes::HealthStatus {
    let essential = container::essential_health(task, definition);
    let worst = essential.into_iter().max_by_key(|health| container::severity(*health));
    worst.unwrap_or_default().as_str().into()
}
