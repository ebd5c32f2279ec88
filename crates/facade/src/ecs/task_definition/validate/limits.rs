//! Limits that are not about one theme: the size of the request, and ulimits.
//! Source: the service quotas of Amazon ECS; Ulimit.

use super::refuse_if;
use crate::Fault;
use gantry_model::quota::TASK_DEFINITION_BYTES;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_shapes::ecs::RegisterTaskDefinitionRequest;
use gantry_wire::codec::json;

/// Refuses a request that is too large to be kept, measured in JSON without blanks.
pub(in super::super) fn request_size(input: &RegisterTaskDefinitionRequest) -> Result<(), Fault> {
    let length = json::to_string(input).len();
    let message =
        format!("Actual length: '{length}'. Max allowed length is '{TASK_DEFINITION_BYTES}' bytes.");
    refuse_if(length > TASK_DEFINITION_BYTES, message)
}

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for ulimit in content.containers.iter().flat_map(|container| container.ulimits.iter().flatten()) {
        // A negative limit means that there is none.
        let unlimited = ulimit.hard_limit < 0;
        let message = format!("Soft limit exceeds hard limit for ulimit {}", ulimit.name);
        refuse_if(!unlimited && ulimit.soft_limit > ulimit.hard_limit, message)?;
    }
    Ok(())
}
