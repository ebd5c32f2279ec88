//! TagResource.

use super::resource;
use crate::ecs::tags;
use crate::{Context, Fault, Plan};
use gantry_orchestrator::command::{Command, ecs};
use gantry_shapes::ecs::{TagResourceRequest, TagResourceResponse};

/// Adds tags; a key that is there gets the new value.
pub(in crate::ecs) fn add(cx: &Context<'_>, input: TagResourceRequest) -> Result<Plan, Fault> {
    let resource = resource::read(cx, &input.resource_arn.unwrap_or_default())?;
    let tags = tags::read(input.tags).map_err(|fault| resource::in_words_of(&resource, fault))?;
    let command = Command::TagResource(ecs::TagResource { resource: resource.clone(), tags });
    Ok(Plan::command(command, move |_, result| {
        result.map_err(|refusal| resource::explained(&resource, &refusal))?;
        Ok(TagResourceResponse::default())
    }))
}
