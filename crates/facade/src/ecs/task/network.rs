//! `networkConfiguration` of RunTask.

use crate::Fault;
use crate::ecs::check;
use crate::ecs::fault::invalid;
use gantry_model::quota::{SECURITY_GROUPS_PER_CONFIGURATION, SUBNETS_PER_CONFIGURATION};
use gantry_orchestrator::command::ecs::Awsvpc;
use gantry_shapes::ecs::{AssignPublicIp, NetworkConfiguration};

/// Reads it; a configuration without `awsvpcConfiguration` is none.
pub(super) fn read(given: Option<NetworkConfiguration>) -> Result<Option<Awsvpc>, Fault> {
    let Some(given) = given.and_then(|given| given.awsvpc_configuration) else { return Ok(None) };
    let subnets = given.subnets.unwrap_or_default();
    let security_groups = given.security_groups.unwrap_or_default();
    if subnets.is_empty() {
        return Err(invalid("subnets can not be empty."));
    }
    check::at_most_items(&subnets, "subnets", SUBNETS_PER_CONFIGURATION)?;
    check::at_most_items(&security_groups, "securityGroups", SECURITY_GROUPS_PER_CONFIGURATION)?;
    refuse_blank(&subnets, "subnet")?;
    refuse_blank(&security_groups, "security group")?;
    let assign_public_ip = assigns(given.assign_public_ip.as_ref())?;
    Ok(Some(Awsvpc { subnets, security_groups, assign_public_ip }))
}

fn refuse_blank(ids: &[String], thing: &str) -> Result<(), Fault> {
    if ids.iter().any(String::is_empty) { Err(invalid(format!("{thing} cannot be blank."))) } else { Ok(()) }
}

fn assigns(given: Option<&AssignPublicIp>) -> Result<bool, Fault> {
    match given {
        None | Some(AssignPublicIp::Disabled) => Ok(false),
        Some(AssignPublicIp::Enabled) => Ok(true),
        Some(AssignPublicIp::Unrecognized(word)) => {
            check::one_of(word, "assignPublicIp", AssignPublicIp::VALUES).map(|()| false)
        }
    }
}
