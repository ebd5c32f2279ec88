//! Health checks.
//! Source: HealthCheck.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::record::task_definition::{ContainerDefinition, HealthCheck, TaskDefinitionContent};

/// What the command may begin with.
const COMMANDS: [&str; 2] = ["CMD", "CMD-SHELL"];

/// A member, its smallest and its greatest value.
type Bound = (&'static str, fn(&HealthCheck) -> Option<i32>, i32, i32);

const BOUNDS: [Bound; 4] = [
    ("interval", |check| check.interval, 5, 300),
    ("timeout", |check| check.timeout, 2, 60),
    ("retries", |check| check.retries, 1, 10),
    ("startPeriod", |check| check.start_period, 0, 300),
];

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let checked =
        content.containers.iter().filter_map(|container| Some((container, container.health_check.as_ref()?)));
    for (container, health_check) in checked {
        let first = health_check.command.first().map(String::as_str).unwrap_or_default();
        refuse_setting_if(!COMMANDS.contains(&first), "healthCheck.command", container)?;
        BOUNDS.iter().try_for_each(|bound| within(container, health_check, bound))?;
    }
    Ok(())
}

fn within(container: &ContainerDefinition, health_check: &HealthCheck, bound: &Bound) -> Result<(), Fault> {
    let (member, read, min, max) = *bound;
    let (Some(value), name) = (read(health_check), &container.name) else { return Ok(()) };
    refuse_if(
        value > max,
        format!(
            "Health check {member} must be less than or equal to the maximum allowed value {max} for container '{name}'"
        ),
    )?;
    refuse_if(
        value < min,
        format!(
            "Health check {member} must be greater than or equal to the minimum allowed value {min} for container \
             '{name}'"
        ),
    )
}
