//! `compatibilities`: the launch types that a definition would fit, whatever it requires.

use super::super::validate;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_model::status::LaunchType;
use gantry_shapes::ecs::Compatibility;

/// In the order that ECS shows.
const ORDER: [LaunchType; 4] =
    [LaunchType::External, LaunchType::Ec2, LaunchType::ManagedInstances, LaunchType::Fargate];

/// The launch types that fit.
pub(super) fn of(content: &TaskDefinitionContent) -> Vec<Compatibility> {
    let fitting = ORDER.into_iter().filter(|launch_type| validate::fits(content, *launch_type));
    fitting.map(|launch_type| Compatibility::from(launch_type.as_str())).collect()
}
