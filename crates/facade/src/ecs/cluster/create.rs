//! CreateCluster.

use super::configuration;
use super::shown::{self, View};
use super::strategy::{self, FARGATE, FARGATE_SPOT};
use crate::ecs::fault::{client, invalid, refused, unexpected_reply};
use crate::ecs::name::NAME_PATTERN;
use crate::ecs::tags;
use crate::{Context, Fault, Plan};
use gantry_model::ClusterName;
use gantry_model::record::cluster::StrategyItem;
use gantry_orchestrator::command::{Command, Reply, ecs};
use gantry_shapes::ecs::{ClusterSetting, CreateClusterRequest, CreateClusterResponse};
use std::collections::BTreeMap;

/// The one setting that clusters have.
const CONTAINER_INSIGHTS: &str = "containerInsights";
/// What it may be set to.
const CONTAINER_INSIGHTS_VALUES: [&str; 3] = ["enhanced", "enabled", "disabled"];

/// Makes a cluster; the same request once more answers the cluster as it is.
pub(in crate::ecs) fn create(_: &Context<'_>, input: CreateClusterRequest) -> Result<Plan, Fault> {
    let command = Command::CreateCluster(read(input)?);
    Ok(Plan::command(command, |state, result| {
        let Reply::Cluster(cluster) = result.map_err(|refusal| refused(&refusal))? else {
            return Err(unexpected_reply());
        };
        let view = View { settings: true, configuration: true, tags: true, ..View::default() };
        Ok(CreateClusterResponse { cluster: Some(shown::cluster(state, &cluster, view)) })
    }))
}

fn read(input: CreateClusterRequest) -> Result<ecs::CreateCluster, Fault> {
    let capacity_providers = input.capacity_providers.unwrap_or_default();
    check_providers(&capacity_providers)?;
    let default_strategy = strategy::read(input.default_capacity_provider_strategy.unwrap_or_default())?;
    check_associated(&default_strategy, &capacity_providers)?;
    Ok(ecs::CreateCluster {
        name: read_name(input.cluster_name.as_deref())?,
        settings: read_settings(input.settings.unwrap_or_default())?,
        capacity_providers,
        default_strategy,
        service_connect_namespace: input.service_connect_defaults.and_then(|defaults| defaults.namespace),
        configuration: input.configuration.map(configuration::read).transpose()?,
        tags: tags::read(input.tags)?,
    })
}

fn read_name(given: Option<&str>) -> Result<ClusterName, Fault> {
    let Some(name) = given else { return Ok(ClusterName::default()) };
    name.parse().map_err(|_| invalid(format!("ClusterName must match {NAME_PATTERN}")))
}

fn read_settings(given: Vec<ClusterSetting>) -> Result<BTreeMap<String, String>, Fault> {
    let mut settings = BTreeMap::new();
    for setting in given {
        let name = setting.name.as_ref().map_or("", |name| name.as_str());
        let value = setting.value.unwrap_or_default();
        if name != CONTAINER_INSIGHTS {
            return Err(invalid("Invalid setting 'name'"));
        }
        if !CONTAINER_INSIGHTS_VALUES.contains(&value.as_str()) {
            return Err(invalid("Invalid setting 'value'"));
        }
        settings.insert(name.to_owned(), value);
    }
    Ok(settings)
}

/// Only Fargate's own providers exist; the operation that makes others is not built yet.
fn check_providers(names: &[String]) -> Result<(), Fault> {
    match names.iter().find(|name| ![FARGATE, FARGATE_SPOT].contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(client(format!(
            "The specified capacity provider '{name}' was not found. Specify a valid name or ARN and try again."
        ))),
    }
}

fn check_associated(items: &[StrategyItem], providers: &[String]) -> Result<(), Fault> {
    let associated = items.iter().all(|item| providers.contains(&item.capacity_provider));
    if associated { Ok(()) } else { Err(invalid(crate::ecs::fault::PROVIDER_NOT_ASSOCIATED)) }
}
