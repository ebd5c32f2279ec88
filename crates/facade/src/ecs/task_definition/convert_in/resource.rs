//! `resourceRequirements[]`.

use super::given::{present, word};
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{NvidiaMpsAllocation, ResourceRequirement, ResourceType, SharingStrategy};

/// A GPU or another device.
pub(super) fn resource_requirement(shape: ResourceRequirement) -> Result<record::ResourceRequirement, Fault> {
    let ResourceRequirement { value, r#type, sharing_strategy } = shape;
    let kind = present(r#type, "ResourceRequirement.type")?;
    Ok(record::ResourceRequirement {
        kind: word(kind.as_str(), "Resource type", ResourceType::VALUES)?,
        value,
        sharing_strategy: sharing_strategy.map(sharing).transpose()?,
    })
}

fn sharing(shape: SharingStrategy) -> Result<record::SharingStrategy, Fault> {
    let SharingStrategy { nvidia_mps } = shape;
    Ok(record::SharingStrategy { nvidia_mps: nvidia_mps.map(allocation).transpose()? })
}

fn allocation(shape: NvidiaMpsAllocation) -> Result<record::NvidiaMps, Fault> {
    let NvidiaMpsAllocation { memory, max_compute_percent } = shape;
    Ok(record::NvidiaMps { memory: present(memory, "NvidiaMpsAllocation.memory")?, max_compute_percent })
}
