//! Reads of gateways and of the services that are made with them.

use crate::ecs::name;
use crate::ecs::page::{self, Size};
use crate::{Context, Fault};
use gantry_shapes::ecs::*;

pub(super) fn not_found() -> Fault {
    ErrorCode::GatewayNotFoundException.fault("The specified gateway does not exist.")
}

pub(super) fn route_not_found() -> Fault {
    ErrorCode::ResourceNotFoundException.fault("The specified gateway route does not exist.")
}

pub(super) fn service_not_found() -> Fault {
    ErrorCode::ResourceNotFoundException.fault("The specified service does not exist.")
}

pub(super) fn list(input: ListGatewaysRequest) -> Result<ListGatewaysResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    Ok(ListGatewaysResponse { gateways: Some(Vec::new()), next_token: None })
}

pub(super) fn list_routes(
    cx: &Context<'_>,
    input: ListGatewayRoutesRequest,
) -> Result<ListGatewayRoutesResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    check_cluster(cx, input.cluster.as_deref())?;
    if input.gateway.is_some() {
        return Err(not_found());
    }
    Ok(ListGatewayRoutesResponse { gateway_routes: Some(Vec::new()), next_token: None })
}

pub(super) fn list_associations(
    cx: &Context<'_>,
    input: ListGatewayClusterAssociationsRequest,
) -> Result<ListGatewayClusterAssociationsResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    check_cluster(cx, input.cluster.as_deref())?;
    Ok(ListGatewayClusterAssociationsResponse {
        gateway_cluster_associations: Some(Vec::new()),
        next_token: None,
    })
}

/// Here an absent cluster means every cluster, not `default`.
fn check_cluster(cx: &Context<'_>, given: Option<&str>) -> Result<(), Fault> {
    given.map_or(Ok(()), |cluster| name::cluster_key(cx, Some(cluster)).map(drop))
}
