//! Task definitions: registered, found, deregistered.

use crate::command::ecs::{DefinitionName, DeregisterTaskDefinition, RegisterTaskDefinition};
use crate::command::{Refusal, Reply, Request};
use crate::txn::Txn;
use gantry_model::AccountRegion;
use gantry_model::quota::REVISIONS_PER_FAMILY;
use gantry_model::record::{FamilyKey, FamilyRecord, TaskDefinition, TaskDefinitionKey};
use gantry_model::status::TaskDefinitionStatus;
use std::sync::Arc;

/// Adds a revision: always a new one, even where the content repeats, and never a number that was used.
pub(crate) fn register(
    txn: &mut Txn,
    request: &Request,
    command: &RegisterTaskDefinition,
) -> Result<Reply, Refusal> {
    let family = FamilyKey { scope: request.scope.clone(), family: command.family.clone() };
    let revision = txn.state.family(&family).map_or(0, |family| family.last_revision) + 1;
    if revision > REVISIONS_PER_FAMILY {
        return Err(Refusal::RevisionQuota(REVISIONS_PER_FAMILY));
    }
    let definition = Arc::new(TaskDefinition {
        key: TaskDefinitionKey { scope: request.scope.clone(), family: command.family.clone(), revision },
        status: TaskDefinitionStatus::Active,
        registered_at: txn.now.at,
        registered_by: request.principal.clone(),
        content: Arc::new(command.content.clone()),
        tags: command.tags.clone(),
        ..TaskDefinition::default()
    });
    txn.put(FamilyRecord { key: family, last_revision: revision });
    txn.put(definition.clone());
    Ok(Reply::TaskDefinition(definition))
}

/// Makes a revision INACTIVE; one that is INACTIVE stays as it is.
pub(crate) fn deregister(
    txn: &mut Txn,
    scope: &AccountRegion,
    command: &DeregisterTaskDefinition,
) -> Result<Reply, Refusal> {
    let name = DefinitionName { family: command.family.clone(), revision: Some(command.revision) };
    let definition = find(txn, scope, &name)?;
    match definition.status {
        TaskDefinitionStatus::Active => {}
        TaskDefinitionStatus::Inactive => return Ok(Reply::TaskDefinition(definition)),
        TaskDefinitionStatus::DeleteInProgress => return Err(Refusal::TaskDefinitionInactive),
    }
    let inactive = Arc::new(TaskDefinition {
        status: TaskDefinitionStatus::Inactive,
        deregistered_at: Some(txn.now.at),
        ..TaskDefinition::clone(&definition)
    });
    txn.put(inactive.clone());
    Ok(Reply::TaskDefinition(inactive))
}

/// The revision that a client names; without a number the latest ACTIVE one.
pub(super) fn find(
    txn: &Txn,
    scope: &AccountRegion,
    name: &DefinitionName,
) -> Result<Arc<TaskDefinition>, Refusal> {
    let (scope, family) = (scope.clone(), name.family.clone());
    let found = match name.revision {
        Some(revision) => txn.state.task_definition(&TaskDefinitionKey { scope, family, revision }),
        None => txn.state.latest_active(&FamilyKey { scope, family }),
    };
    found.cloned().ok_or(Refusal::TaskDefinitionNotFound)
}

/// As [`find`], and ACTIVE.
pub(super) fn find_active(
    txn: &Txn,
    scope: &AccountRegion,
    name: &DefinitionName,
) -> Result<Arc<TaskDefinition>, Refusal> {
    let definition = find(txn, scope, name)?;
    match definition.status {
        TaskDefinitionStatus::Active => Ok(definition),
        TaskDefinitionStatus::Inactive | TaskDefinitionStatus::DeleteInProgress => {
            Err(Refusal::TaskDefinitionInactive)
        }
    }
}
