//! Dependencies between containers.
//! Source: ContainerDependency.

use super::refuse_if;
use crate::Fault;
use gantry_model::record::task_definition::{ContainerDefinition, Dependency, TaskDefinitionContent};
use std::collections::BTreeSet;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let mut dependencies =
        content.containers.iter().flat_map(|container| container.depends_on.iter().flatten());
    dependencies.try_for_each(|dependency| one(content, dependency))?;
    refuse_if(has_cycle(&content.containers), "Container dependencies cannot be circular.")
}

fn one(content: &TaskDefinitionContent, dependency: &Dependency) -> Result<(), Fault> {
    let name = &dependency.container_name;
    let Some(target) = content.containers.iter().find(|container| container.name == *name) else {
        // The stray plus sign is in the answers of ECS.
        return refuse_if(true, format!("Cannot depend on container + '{name}' because it does not exist"));
    };
    refuse_if(
        ["SUCCESS", "COMPLETE"].contains(&dependency.condition.as_str()) && target.is_essential(),
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    )?;
    refuse_if(
        dependency.condition == "HEALTHY" && target.health_check.is_none(),
        "A dependency container with HEALTHY condition must have health check configured",
    )
}

/// Takes away, again and again, the containers whose dependencies are all taken away; a cycle is what stays.
fn has_cycle(containers: &[ContainerDefinition]) -> bool {
    let mut waiting: Vec<&ContainerDefinition> = containers.iter().collect();
    let mut ready = BTreeSet::new();
    loop {
        let is_ready = |container: &&ContainerDefinition| {
            container.depends_on.iter().flatten().all(|dependency| ready.contains(&dependency.container_name))
        };
        let (next, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        if next.is_empty() {
            return !rest.is_empty();
        }
        ready.extend(next.iter().map(|container| &container.name));
        waiting = rest;
    }
}
