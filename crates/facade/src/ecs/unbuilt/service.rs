//! Reads of services, their deployments, revisions and task sets.

use super::all_missing;
use crate::ecs::fault::{invalid, service_not_found};
use crate::ecs::page::{self, Size};
use crate::ecs::{check, name};
use crate::{Context, Fault};
use gantry_shapes::ecs::*;

/// Most services of one DescribeServices.
const SERVICES_MAX: usize = 10;
/// Most deployments or revisions of one request.
const ARNS_MAX: usize = 20;

pub(super) fn describe(
    cx: &Context<'_>,
    input: DescribeServicesRequest,
) -> Result<DescribeServicesResponse, Fault> {
    let given = input.services.unwrap_or_default();
    if given.is_empty() {
        return Err(invalid("Services cannot be empty."));
    }
    check::at_most_items(&given, "services", SERVICES_MAX)?;
    let cluster = &name::cluster(cx, input.cluster.as_deref())?.key;
    let arns = given.iter().map(|service| name::service_arn(cluster, service)).collect::<Result<_, _>>()?;
    Ok(DescribeServicesResponse { services: Some(Vec::new()), failures: all_missing(arns) })
}

pub(super) fn list(cx: &Context<'_>, input: ListServicesRequest) -> Result<ListServicesResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::TEN_OF_HUNDRED)?;
    if let Some(strategy) = &input.scheduling_strategy {
        check::one_of(strategy.as_str(), "Scheduling strategy", SchedulingStrategy::VALUES)?;
    }
    name::cluster(cx, input.cluster.as_deref())?;
    Ok(ListServicesResponse { service_arns: Some(Vec::new()), next_token: None })
}

pub(super) fn list_by_namespace(
    input: ListServicesByNamespaceRequest,
) -> Result<ListServicesByNamespaceResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::TEN_OF_HUNDRED)?;
    Ok(ListServicesByNamespaceResponse { service_arns: Some(Vec::new()), next_token: None })
}

pub(super) fn describe_deployments(
    input: DescribeServiceDeploymentsRequest,
) -> Result<DescribeServiceDeploymentsResponse, Fault> {
    let arns = input.service_deployment_arns.unwrap_or_default();
    check::at_most_items(&arns, "serviceDeploymentArns", ARNS_MAX)?;
    Ok(DescribeServiceDeploymentsResponse {
        service_deployments: Some(Vec::new()),
        failures: all_missing(arns),
    })
}

pub(super) fn list_deployments(
    cx: &Context<'_>,
    input: ListServiceDeploymentsRequest,
) -> Result<ListServiceDeploymentsResponse, Fault> {
    name::cluster(cx, input.cluster.as_deref())?;
    Err(service_not_found())
}

pub(super) fn describe_revisions(
    input: DescribeServiceRevisionsRequest,
) -> Result<DescribeServiceRevisionsResponse, Fault> {
    let arns = input.service_revision_arns.unwrap_or_default();
    if arns.len() > ARNS_MAX {
        return Err(invalid(format!("Service Revision ARN count cannot exceed {ARNS_MAX}")));
    }
    Ok(DescribeServiceRevisionsResponse { service_revisions: Some(Vec::new()), failures: all_missing(arns) })
}

pub(super) fn describe_task_sets(
    cx: &Context<'_>,
    input: DescribeTaskSetsRequest,
) -> Result<DescribeTaskSetsResponse, Fault> {
    name::cluster(cx, input.cluster.as_deref())?;
    Err(service_not_found())
}
