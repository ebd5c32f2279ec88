//! Reads of container instances and their attributes.

use super::all_missing;
use crate::ecs::fault::client;
use crate::ecs::page::{self, Size};
use crate::ecs::{check, name};
use crate::{Context, Fault};
use gantry_shapes::ecs::*;

/// Most container instances of one request.
const INSTANCES_MAX: usize = 100;

pub(super) fn describe(
    cx: &Context<'_>,
    input: DescribeContainerInstancesRequest,
) -> Result<DescribeContainerInstancesResponse, Fault> {
    let given = input.container_instances.unwrap_or_default();
    if given.is_empty() {
        return Err(client("Container Instances cannot be empty."));
    }
    check::at_most_items(&given, "instanceIds", INSTANCES_MAX)?;
    let cluster = &name::cluster(cx, input.cluster.as_deref())?.key;
    let arn = |text: &String| Ok(name::container_instance(cluster, text)?.arn(cluster, "container-instance"));
    let arns = given.iter().map(arn).collect::<Result<_, Fault>>()?;
    Ok(DescribeContainerInstancesResponse {
        container_instances: Some(Vec::new()),
        failures: all_missing(arns),
    })
}

pub(super) fn list(
    cx: &Context<'_>,
    input: ListContainerInstancesRequest,
) -> Result<ListContainerInstancesResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    if let Some(status) = &input.status {
        check::one_of(status.as_str(), "Container instances status", ContainerInstanceStatus::VALUES)?;
    }
    name::cluster(cx, input.cluster.as_deref())?;
    Ok(ListContainerInstancesResponse { container_instance_arns: Some(Vec::new()), next_token: None })
}

pub(super) fn list_attributes(
    cx: &Context<'_>,
    input: ListAttributesRequest,
) -> Result<ListAttributesResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    if let Some(target) = &input.target_type {
        check::one_of(target.as_str(), "target type", TargetType::VALUES)?;
    }
    name::cluster(cx, input.cluster.as_deref())?;
    Ok(ListAttributesResponse { attributes: Some(Vec::new()), next_token: None })
}
