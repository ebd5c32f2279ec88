//! Reads of daemons.

use super::all_missing;
use crate::Fault;
use crate::ecs::check;
use crate::ecs::fault::client;
use crate::ecs::page::{self, Size};
use gantry_shapes::ecs::*;

/// Most deployments or revisions of one request.
const ARNS_MAX: usize = 20;

pub(super) fn not_found() -> Fault {
    ErrorCode::DaemonNotFoundException.fault("The specified daemon does not exist.")
}

pub(super) fn task_definition_not_found() -> Fault {
    client("Unable to describe daemon task definition.")
}

pub(super) fn describe_deployments(
    input: DescribeDaemonDeploymentsRequest,
) -> Result<DescribeDaemonDeploymentsResponse, Fault> {
    let arns = input.daemon_deployment_arns.unwrap_or_default();
    check::at_most_items(&arns, "daemonDeploymentArns", ARNS_MAX)?;
    Ok(DescribeDaemonDeploymentsResponse {
        daemon_deployments: Some(Vec::new()),
        failures: all_missing(arns),
    })
}

pub(super) fn describe_revisions(
    input: DescribeDaemonRevisionsRequest,
) -> Result<DescribeDaemonRevisionsResponse, Fault> {
    let arns = input.daemon_revision_arns.unwrap_or_default();
    check::at_most_items(&arns, "daemonRevisionArns", ARNS_MAX)?;
    Ok(DescribeDaemonRevisionsResponse { daemon_revisions: Some(Vec::new()), failures: all_missing(arns) })
}

pub(super) fn list(input: ListDaemonsRequest) -> Result<ListDaemonsResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    Ok(ListDaemonsResponse { daemon_summaries_list: Some(Vec::new()), next_token: None })
}

pub(super) fn list_deployments(
    input: ListDaemonDeploymentsRequest,
) -> Result<ListDaemonDeploymentsResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    Ok(ListDaemonDeploymentsResponse { daemon_deployments: Some(Vec::new()), next_token: None })
}

pub(super) fn list_task_definitions(
    input: ListDaemonTaskDefinitionsRequest,
) -> Result<ListDaemonTaskDefinitionsResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    Ok(ListDaemonTaskDefinitionsResponse { daemon_task_definitions: Some(Vec::new()), next_token: None })
}
