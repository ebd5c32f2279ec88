//! The launch types that a definition requires, and those that it would fit.
//! Source: `requiresCompatibilities` of RegisterTaskDefinition, and what the members say about launch types.

use super::resources::requirements;
use super::{fargate, refuse_if};
use crate::Fault;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_model::status::{LaunchType, NetworkMode};

/// Log drivers on Managed Instances.
const MANAGED_INSTANCES_LOG_DRIVERS: [&str; 4] = ["awslogs", "splunk", "awsfirelens", "json-file"];

/// Checks a definition against each launch type that it requires.
pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let required = content.requires_compatibilities.as_deref().unwrap_or_default();
    required.iter().try_for_each(|launch_type| match launch_type {
        LaunchType::Ec2 => ec2(content),
        LaunchType::Fargate => fargate::check(content),
        LaunchType::External => external(content),
        LaunchType::ManagedInstances => managed_instances(content),
    })
}

/// Whether a definition would fit a launch type, whatever it requires.
pub(in super::super) fn fits(content: &TaskDefinitionContent, launch_type: LaunchType) -> bool {
    let awsvpc = content.network_mode == Some(NetworkMode::Awsvpc);
    match launch_type {
        LaunchType::Ec2 => ec2(content).is_ok(),
        LaunchType::Fargate => fargate::check(content).is_ok(),
        LaunchType::External => external(content).is_ok(),
        LaunchType::ManagedInstances => awsvpc && !is_windows(content) && managed_instances(content).is_ok(),
    }
}

fn ec2(content: &TaskDefinitionContent) -> Result<(), Fault> {
    // A definition that is for Fargate too may ask for its storage: on EC2 that has no effect.
    let for_fargate =
        content.requires_compatibilities.iter().flatten().any(|one| *one == LaunchType::Fargate);
    let storage = content.ephemeral_storage_gib.is_some() && !for_fargate;
    refuse_if(storage, "Tasks using the EC2 launch type do not support EphemeralStorage.")?;
    only_on_managed_instances(content, LaunchType::Ec2)
}

fn external(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let awsvpc = content.network_mode == Some(NetworkMode::Awsvpc);
    refuse_if(awsvpc, "Tasks using the EXTERNAL launch type do not support networkMode 'awsvpc'.")?;
    let storage = content.ephemeral_storage_gib.is_some();
    refuse_if(storage, "Tasks using the EXTERNAL launch type do not support EphemeralStorage.")?;
    let shared = requirements(content).any(|(_, requirement)| requirement.sharing_strategy.is_some());
    refuse_if(shared, "Tasks using the EXTERNAL launch type do not support GPU sharing.")?;
    only_on_managed_instances(content, LaunchType::External)
}

fn managed_instances(content: &TaskDefinitionContent) -> Result<(), Fault> {
    log_drivers(content, &MANAGED_INSTANCES_LOG_DRIVERS)
}

fn only_on_managed_instances(content: &TaskDefinitionContent, launch_type: LaunchType) -> Result<(), Fault> {
    let neuron = requirements(content).any(|(_, requirement)| requirement.kind == "NeuronDevice");
    let message = format!(
        "Tasks using the {launch_type} launch type do not support NeuronDevice resource requirements."
    );
    refuse_if(neuron, message)?;
    let message =
        format!("Tasks using the {launch_type} launch type do not support trustedExecutionConfiguration.");
    refuse_if(content.trusted_execution.is_some(), message)
}

/// Refuses log drivers that a launch type does not have.
pub(super) fn log_drivers(content: &TaskDefinitionContent, known: &[&str]) -> Result<(), Fault> {
    let drivers = content.containers.iter().filter_map(|container| container.log_configuration.as_ref());
    let stranger = drivers.map(|logs| logs.log_driver.as_str()).find(|driver| !known.contains(driver));
    let driver = stranger.unwrap_or_default();
    let message = format!("{driver} is not a valid log driver. Must be one of [{}]", known.join(","));
    refuse_if(stranger.is_some(), message)
}

/// Whether a definition asks for Windows.
pub(super) fn is_windows(content: &TaskDefinitionContent) -> bool {
    let platform = content.runtime_platform.as_ref();
    let family = platform.and_then(|platform| platform.operating_system_family.as_deref());
    family.is_some_and(|family| family.starts_with("WINDOWS"))
}
