//! `GET network`: the caller's default VPC, for shells and tests that need its subnets.

use super::{Asked, UNAVAILABLE};
use crate::api::Network;
use gantry_orchestrator::command::{Command, Request};
use gantry_orchestrator::leader::Input;
use gantry_wire::Fault;

pub(super) async fn network(asked: &Asked<'_>) -> Result<Network, Fault> {
    let (plane, scope) = (asked.plane, &asked.caller.scope);
    let mut state = plane.published.state();
    if state.default_vpc(scope).is_none() {
        let (principal, command) = (asked.caller.principal.clone(), Command::EnsureDefaultVpc);
        let request = Request { id: asked.id, principal, scope: scope.clone(), command };
        state = plane.leader.ask(Input::Request(request)).await.state;
    }
    let unavailable = || Fault::new(UNAVAILABLE, "The default VPC cannot be made at present.");
    let vpc = state.default_vpc(scope).ok_or_else(unavailable)?;
    Ok(Network {
        vpc: vpc.id.to_string(),
        cidr: vpc.cidr.clone(),
        subnets: state.subnets_of(vpc.id).map(|subnet| subnet.id.to_string()).collect(),
        security_group: state.security_groups_of(vpc.id).next().ok_or_else(unavailable)?.id.to_string(),
    })
}
