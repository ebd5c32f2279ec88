//! DeregisterTaskDefinition.

use super::convert_out;
use crate::ecs::fault::{client, refused, unexpected_reply};
use crate::ecs::name;
use crate::{Context, Fault, Plan};
use gantry_model::record::task_definition::TaskDefinition;
use gantry_orchestrator::command::{Command, Refusal, Reply, ecs};
use gantry_shapes::ecs::{self as shapes, DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse};

/// Makes a revision INACTIVE; one that is INACTIVE stays as it is, and the answer is the same.
pub(in crate::ecs) fn deregister(
    cx: &Context<'_>,
    input: DeregisterTaskDefinitionRequest,
) -> Result<Plan, Fault> {
    let name = name::task_definition(cx, &input.task_definition.unwrap_or_default())?;
    let revision = name.revision.ok_or_else(|| client("Revision is missing"))?;
    let command = ecs::DeregisterTaskDefinition { family: name.family, revision };
    Ok(Plan::command(Command::DeregisterTaskDefinition(command), |_, result| {
        let Reply::TaskDefinition(definition) = result.map_err(|refusal| worded(&refusal))? else {
            return Err(unexpected_reply());
        };
        Ok(DeregisterTaskDefinitionResponse { task_definition: Some(shown(&definition)) })
    }))
}

/// The revision; ECS tells the time of its deregistration only when it is described.
fn shown(definition: &TaskDefinition) -> shapes::TaskDefinition {
    shapes::TaskDefinition { deregistered_at: None, ..convert_out::task_definition(definition) }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other refusals have the same words in every operation"
)]
fn worded(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::TaskDefinitionNotFound => client("Unable to describe task definition."),
        Refusal::TaskDefinitionInactive => client(
            "The task definition could not be deregistered because it is in the process of being deleted.",
        ),
        other => refused(other),
    }
}
