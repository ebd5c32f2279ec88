//! DescribeCapacityProviders: Fargate's own two are always there.

use crate::ecs::cluster::{FARGATE, FARGATE_SPOT};
use crate::ecs::page::{self, Size};
use crate::ecs::{check, failure, name};
use crate::{Context, Fault};
use gantry_model::{AccountRegion, Arn};
use gantry_shapes::ecs::{
    CapacityProvider, CapacityProviderStatus, DescribeCapacityProvidersRequest,
    DescribeCapacityProvidersResponse,
};

/// Most capacity providers of one request.
const PROVIDERS_MAX: usize = 100;

pub(super) fn describe(
    cx: &Context<'_>,
    input: DescribeCapacityProvidersRequest,
) -> Result<DescribeCapacityProvidersResponse, Fault> {
    page::of_nothing(input.max_results, input.next_token.as_deref(), Size::TEN)?;
    if input.cluster.is_some() {
        name::cluster(cx, input.cluster.as_deref())?;
    }
    let given = input.capacity_providers.unwrap_or_default();
    check::at_most_items(&given, "capacityProviders", PROVIDERS_MAX)?;
    let names = given.iter().map(|text| short_name(cx.scope(), text)).collect::<Result<Vec<_>, _>>()?;
    let names = if names.is_empty() { vec![FARGATE, FARGATE_SPOT] } else { names };
    let (own, others): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| [FARGATE, FARGATE_SPOT].contains(name));
    Ok(DescribeCapacityProvidersResponse {
        capacity_providers: Some(own.into_iter().map(|name| shown(cx.scope(), name)).collect()),
        failures: Some(others.into_iter().map(|name| failure::missing(arn(cx.scope(), name))).collect()),
        next_token: None,
    })
}

fn short_name<'a>(scope: &AccountRegion, text: &'a str) -> Result<&'a str, Fault> {
    match Arn::parse(text) {
        None => Ok(text),
        Some(arn) => name::own_resource(scope, &arn, "capacity-provider"),
    }
}

fn shown(scope: &AccountRegion, name: &str) -> CapacityProvider {
    CapacityProvider {
        capacity_provider_arn: Some(arn(scope, name)),
        name: Some(name.to_owned()),
        status: Some(CapacityProviderStatus::Active),
        tags: Some(Vec::new()),
        r#type: Some(name.into()),
        ..CapacityProvider::default()
    }
}

fn arn(scope: &AccountRegion, name: &str) -> String {
    format!("arn:aws:ecs:{}:{}:capacity-provider/{name}", scope.region, scope.account)
}
