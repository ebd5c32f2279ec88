//! Operations on kinds of resources that this version does not have.
//!
//! Reads answer as on an account that has none of them; writes are refused with a text that says so. [`unbuilt_operations`]
//! is the list, from which the page of differences from AWS is made.

mod capacity_provider;
mod container_instance;
mod daemon;
mod gateway;
mod service;
mod setting;
mod table;
mod task_protection;

pub use table::{Behaviour, UnbuiltOperation, unbuilt_operations};

use super::failure;
use crate::{Context, Fault, Plan};
use gantry_shapes::ecs::{Failure, Request};

/// Answers a read, refuses a write.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test checks that the reads of the table are the ones here"
)]
pub(super) fn plan(cx: &Context<'_>, request: Request) -> Result<Plan, Fault> {
    match request {
        Request::DescribeServices(input) => service::describe(cx, input).map(Plan::answer),
        Request::ListServices(input) => service::list(cx, input).map(Plan::answer),
        Request::ListServicesByNamespace(input) => service::list_by_namespace(input).map(Plan::answer),
        Request::DescribeServiceDeployments(input) => service::describe_deployments(input).map(Plan::answer),
        Request::ListServiceDeployments(input) => service::list_deployments(cx, input).map(Plan::answer),
        Request::DescribeServiceRevisions(input) => service::describe_revisions(input).map(Plan::answer),
        Request::DescribeTaskSets(input) => service::describe_task_sets(cx, input).map(Plan::answer),

        Request::DescribeContainerInstances(input) => {
            container_instance::describe(cx, input).map(Plan::answer)
        }
        Request::ListContainerInstances(input) => container_instance::list(cx, input).map(Plan::answer),
        Request::ListAttributes(input) => container_instance::list_attributes(cx, input).map(Plan::answer),

        Request::DescribeCapacityProviders(input) => capacity_provider::describe(cx, input).map(Plan::answer),
        Request::ListAccountSettings(input) => setting::list(cx, input).map(Plan::answer),
        Request::GetTaskProtection(input) => task_protection::get(cx, input).map(Plan::answer),

        Request::DescribeDaemon(_) => Err(daemon::not_found()),
        Request::DescribeDaemonDeployments(input) => daemon::describe_deployments(input).map(Plan::answer),
        Request::DescribeDaemonRevisions(input) => daemon::describe_revisions(input).map(Plan::answer),
        Request::DescribeDaemonTaskDefinition(_) => Err(daemon::task_definition_not_found()),
        Request::ListDaemons(input) => daemon::list(input).map(Plan::answer),
        Request::ListDaemonDeployments(input) => daemon::list_deployments(input).map(Plan::answer),
        Request::ListDaemonTaskDefinitions(input) => daemon::list_task_definitions(input).map(Plan::answer),

        Request::DescribeGateway(_) | Request::DescribeGatewayResources(_) => Err(gateway::not_found()),
        Request::DescribeGatewayRoute(_) => Err(gateway::route_not_found()),
        Request::DescribeExpressGatewayService(_) => Err(gateway::service_not_found()),
        Request::ListGateways(input) => gateway::list(input).map(Plan::answer),
        Request::ListGatewayRoutes(input) => gateway::list_routes(cx, input).map(Plan::answer),
        Request::ListGatewayClusterAssociations(input) => {
            gateway::list_associations(cx, input).map(Plan::answer)
        }

        write => Err(table::refused(write.operation())),
    }
}

/// A failure for each thing that was named by its ARN.
fn all_missing(arns: Vec<String>) -> Option<Vec<Failure>> {
    Some(arns.into_iter().map(failure::missing).collect())
}
