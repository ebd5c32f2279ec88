//! `resourceRequirements[]`.

use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{NvidiaMpsAllocation, ResourceRequirement, SharingStrategy};

/// A GPU or another device.
pub(super) fn resource_requirement(record: record::ResourceRequirement) -> ResourceRequirement {
    let record::ResourceRequirement { kind, value, sharing_strategy } = record;
    let sharing_strategy = sharing_strategy.map(sharing);
    ResourceRequirement { value, r#type: Some(kind.as_str().into()), sharing_strategy }
}

fn sharing(record: record::SharingStrategy) -> SharingStrategy {
    let record::SharingStrategy { nvidia_mps } = record;
    SharingStrategy { nvidia_mps: nvidia_mps.map(allocation) }
}

fn allocation(record: record::NvidiaMps) -> NvidiaMpsAllocation {
    let record::NvidiaMps { memory, max_compute_percent } = record;
    NvidiaMpsAllocation { memory: Some(memory), max_compute_percent }
}
