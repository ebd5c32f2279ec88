//! DescribeTaskDefinition.

use super::convert_out;
use crate::ecs::check::one_of;
use crate::ecs::fault::client;
use crate::ecs::{name, tags};
use crate::{Context, Fault};
use gantry_model::AccountRegion;
use gantry_model::record::task_definition::TaskDefinition;
use gantry_model::record::{FamilyKey, TaskDefinitionKey};
use gantry_orchestrator::command::ecs::DefinitionName;
use gantry_orchestrator::state::State;
use gantry_shapes::ecs::{
    DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse, TaskDefinitionField,
};

/// Shows a revision, whatever its status; a family without a number means its latest ACTIVE revision.
pub(in crate::ecs) fn describe(
    cx: &Context<'_>,
    input: DescribeTaskDefinitionRequest,
) -> Result<DescribeTaskDefinitionResponse, Fault> {
    let name = name::task_definition(cx, &input.task_definition.unwrap_or_default())?;
    let definition =
        find(cx.state, cx.scope(), name).ok_or_else(|| client("Unable to describe task definition."))?;
    let include = input.include.unwrap_or_default();
    include.iter().try_for_each(|field| one_of(field.as_str(), "include", TaskDefinitionField::VALUES))?;
    let wants_tags = include.contains(&TaskDefinitionField::Tags);
    let tags = if wants_tags { tags::shown(&definition.tags) } else { Vec::new() };
    Ok(DescribeTaskDefinitionResponse {
        task_definition: Some(convert_out::task_definition(definition)),
        tags: Some(tags),
    })
}

fn find<'a>(state: &'a State, scope: &AccountRegion, name: DefinitionName) -> Option<&'a TaskDefinition> {
    let (scope, family) = (scope.clone(), name.family);
    let found = match name.revision {
        Some(revision) => state.task_definition(&TaskDefinitionKey { scope, family, revision }),
        None => state.latest_active(&FamilyKey { scope, family }),
    };
    found.map(|definition| definition.as_ref())
}
