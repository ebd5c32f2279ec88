//! Placement constraints, ephemeral storage and trusted execution.
//! Source: TaskDefinitionPlacementConstraint, EphemeralStorage, TrustedExecutionConfiguration.

use super::refuse_if;
use crate::Fault;
use gantry_model::record::task_definition::{PlacementConstraint, TaskDefinitionContent};

/// Most placement constraints of a task.
const CONSTRAINTS_MAX: usize = 10;
/// Most characters of a constraint's expression.
const EXPRESSION_CHARS_MAX: usize = 2000;
/// Least ephemeral storage that can be asked for.
const STORAGE_GIB_MIN: u32 = 21;
/// Most ephemeral storage that can be asked for.
const STORAGE_GIB_MAX: u32 = 200;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    constraints(&content.placement_constraints)?;
    let storage_gib = content.ephemeral_storage_gib.unwrap_or(STORAGE_GIB_MIN);
    let too_small = format!("EphemeralStorage size should be at least {STORAGE_GIB_MIN}");
    refuse_if(storage_gib < STORAGE_GIB_MIN, too_small)?;
    let too_large = format!("EphemeralStorage size should be at most {STORAGE_GIB_MAX}");
    refuse_if(storage_gib > STORAGE_GIB_MAX, too_large)?;
    let unattested = content.trusted_execution.as_ref().is_some_and(|trust| {
        trust.isolation_mode == "CONFIDENTIAL_SANDBOX" && trust.attestation_policy.is_none()
    });
    refuse_if(unattested, "attestationPolicy is required when isolationMode is CONFIDENTIAL_SANDBOX.")
}

fn constraints(constraints: &[PlacementConstraint]) -> Result<(), Fault> {
    let message = format!("Maximum number of constraints is {CONSTRAINTS_MAX}.");
    refuse_if(constraints.len() > CONSTRAINTS_MAX, message)?;
    for constraint in constraints {
        refuse_if(constraint.kind.is_none(), "PlacementConstraint.type should not be null or empty.")?;
        let length = constraint.expression.as_deref().map_or(0, |expression| expression.chars().count());
        refuse_if(length == 0, "memberOf expression should not be null or empty.")?;
        let message = format!("memberOf expression can have at most {EXPRESSION_CHARS_MAX} characters.");
        refuse_if(length > EXPRESSION_CHARS_MAX, message)?;
    }
    Ok(())
}
