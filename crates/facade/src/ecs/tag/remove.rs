//! UntagResource.

use super::resource;
use crate::ecs::{check, tags};
use crate::{Context, Fault, Plan};
use gantry_model::quota::TAGS_PER_RESOURCE;
use gantry_orchestrator::command::{Command, ecs};
use gantry_shapes::ecs::{UntagResourceRequest, UntagResourceResponse};

/// Removes tags by their keys; keys that are not there are no error.
pub(in crate::ecs) fn remove(cx: &Context<'_>, input: UntagResourceRequest) -> Result<Plan, Fault> {
    let resource = resource::read(cx, &input.resource_arn.unwrap_or_default())?;
    let keys = input.tag_keys.unwrap_or_default();
    check_keys(&keys).map_err(|fault| resource::in_words_of(&resource, fault))?;
    let command = Command::UntagResource(ecs::UntagResource { resource: resource.clone(), keys });
    Ok(Plan::command(command, move |_, result| {
        result.map_err(|refusal| resource::explained(&resource, &refusal))?;
        Ok(UntagResourceResponse::default())
    }))
}

fn check_keys(keys: &[String]) -> Result<(), Fault> {
    check::at_most_items(keys, "tagKeys", TAGS_PER_RESOURCE)?;
    keys.iter().try_for_each(|key| tags::check_key(key))
}
