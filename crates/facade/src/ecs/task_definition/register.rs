//! RegisterTaskDefinition.

use super::convert_in::{Registration, registration};
use super::{convert_out, validate};
use crate::ecs::fault::{refused, unexpected_reply};
use crate::ecs::tags;
use crate::{Context, Fault, Plan};
use gantry_orchestrator::command::{Command, Reply, ecs};
use gantry_shapes::ecs::{RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse};

/// Adds a revision, also where nothing differs from the last one. The answer has tags only where some were given.
pub(in crate::ecs) fn register(_: &Context<'_>, input: RegisterTaskDefinitionRequest) -> Result<Plan, Fault> {
    validate::request_size(&input)?;
    let Registration { family, content, tags } = registration(input)?;
    validate::content(&content)?;
    let command = Command::RegisterTaskDefinition(ecs::RegisterTaskDefinition { family, content, tags });
    Ok(Plan::command(command, |_, result| {
        let Reply::TaskDefinition(definition) = result.map_err(|refusal| refused(&refusal))? else {
            return Err(unexpected_reply());
        };
        let tags = Some(tags::shown(&definition.tags)).filter(|tags| !tags.is_empty());
        let task_definition = Some(convert_out::task_definition(&definition));
        Ok(RegisterTaskDefinitionResponse { task_definition, tags })
    }))
}
