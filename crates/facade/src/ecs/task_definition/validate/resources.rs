//! GPUs and Neuron devices.
//! Source: ResourceRequirement, NvidiaMpsAllocation.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::record::task_definition::{
    ContainerDefinition, NvidiaMps, ResourceRequirement, TaskDefinitionContent,
};
use std::ops::RangeInclusive;

/// Values of `maxComputePercent`.
const COMPUTE_PERCENT: RangeInclusive<i32> = 1..=100;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for (container, requirement) in requirements(content) {
        refuse_setting_if(!is_requirement(requirement), "resourceRequirements", container)?;
    }
    let of_kind = |kind| requirements(content).filter(move |(_, requirement)| requirement.kind == kind);
    let several = "Only one container in a task can specify NeuronDevice resources.";
    refuse_if(of_kind("NeuronDevice").count() > 1, several)?;
    let shared = of_kind("GPU").filter(|(_, requirement)| requirement.sharing_strategy.is_some()).count();
    refuse_if(
        shared > 0 && shared < of_kind("GPU").count(),
        "The containers in a task that request GPUs must all use the same sharing strategy.",
    )
}

/// Every requirement with its container.
pub(super) fn requirements(
    content: &TaskDefinitionContent,
) -> impl Iterator<Item = (&ContainerDefinition, &ResourceRequirement)> {
    content.containers.iter().flat_map(|container| {
        let own = container.resource_requirements.iter().flatten();
        own.map(move |requirement| (container, requirement))
    })
}

fn is_requirement(requirement: &ResourceRequirement) -> bool {
    let sharing = requirement.sharing_strategy.as_ref();
    match (requirement.kind.as_str(), requirement.value.as_deref(), sharing) {
        ("GPU", Some(value), None) => is_gpu_count(value),
        ("GPU", None, Some(strategy)) => strategy.nvidia_mps.as_ref().is_some_and(is_allocation),
        ("NeuronDevice", Some(value), None) => value == "ALL",
        // No definition has inference accelerators any more, so that no name can match one of them.
        _ => false,
    }
}

fn is_gpu_count(value: &str) -> bool {
    value == "ALL" || value.parse::<u32>().is_ok_and(|count| count > 0)
}

fn is_allocation(allocation: &NvidiaMps) -> bool {
    let percent = allocation.max_compute_percent;
    allocation.memory >= 1 && percent.is_none_or(|percent| COMPUTE_PERCENT.contains(&percent))
}
