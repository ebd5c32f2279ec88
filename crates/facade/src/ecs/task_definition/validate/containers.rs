//! How many containers there are, their names, their images, and which are essential.
//! Source: `name`, `image`, `essential` of ContainerDefinition; the service quotas of Amazon ECS.

use super::super::image;
use super::refuse_if;
use crate::Fault;
use gantry_model::name::is_name;
use gantry_model::quota::CONTAINERS_PER_TASK_DEFINITION;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use std::collections::BTreeSet;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let containers = &content.containers;
    refuse_if(containers.is_empty(), "Container list cannot be empty.")?;
    refuse_if(containers.len() > CONTAINERS_PER_TASK_DEFINITION, "Too many containers.")?;
    containers.iter().try_for_each(name_and_image)?;
    let names: BTreeSet<&str> = containers.iter().map(|container| container.name.as_str()).collect();
    let unique = names.len() == containers.len();
    refuse_if(!unique, "Container names must be unique within a task definition.")?;
    let essential = containers.iter().any(ContainerDefinition::is_essential);
    refuse_if(!essential, "Task definition doesn't have any essential container")
}

fn name_and_image(container: &ContainerDefinition) -> Result<(), Fault> {
    refuse_if(!is_name(&container.name), "Container.name contains invalid characters.")?;
    refuse_if(!image::is_valid(&container.image), "Container.image contains invalid characters.")
}
