//! A cluster as clients see it, with everything that AWS fills in.

use super::configuration;
use crate::ecs::tags;
use gantry_model::record::Cluster;
use gantry_model::record::cluster::StrategyItem;
use gantry_orchestrator::state::{State, TaskCounts};
use gantry_shapes::ecs as shapes;
use gantry_shapes::ecs::{
    CapacityProviderStrategyItem, ClusterServiceConnectDefaults, ClusterSetting, ClusterSettingName,
    KeyValuePair,
};

/// Which of the members to show that a client has to ask for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct View {
    pub(super) attachments: bool,
    pub(super) configuration: bool,
    pub(super) settings: bool,
    pub(super) statistics: bool,
    pub(super) tags: bool,
}

/// Shows a cluster. Lists that were not asked for are empty; other members that were not asked for are absent.
pub(super) fn cluster(state: &State, cluster: &Cluster, view: View) -> shapes::Cluster {
    let counts = state.task_counts(&cluster.key);
    let asked = |wanted: bool| wanted.then_some(cluster);
    shapes::Cluster {
        cluster_arn: Some(cluster.key.arn()),
        cluster_name: Some(cluster.key.name.to_string()),
        configuration: asked(view.configuration)
            .and_then(|c| c.configuration.as_ref())
            .map(configuration::shown),
        status: Some(cluster.status.to_string()),
        registered_container_instances_count: Some(0),
        running_tasks_count: Some(count(counts.running)),
        pending_tasks_count: Some(count(counts.pending)),
        active_services_count: Some(0),
        statistics: Some(asked(view.statistics).map(|_| statistics(counts)).unwrap_or_default()),
        tags: Some(asked(view.tags).map(|c| tags::shown(&c.tags)).unwrap_or_default()),
        settings: Some(asked(view.settings).map(settings).unwrap_or_default()),
        capacity_providers: Some(cluster.capacity_providers.clone()),
        default_capacity_provider_strategy: Some(
            cluster.default_strategy.iter().map(strategy_item).collect(),
        ),
        attachments: view.attachments.then(Vec::new),
        attachments_status: None,
        service_connect_defaults: cluster
            .service_connect_namespace
            .clone()
            .map(|namespace| ClusterServiceConnectDefaults { namespace: Some(namespace) }),
    }
}

/// The settings that hold: a cluster that was made without has the account's default.
fn settings(cluster: &Cluster) -> Vec<ClusterSetting> {
    let insights = ClusterSettingName::ContainerInsights;
    let value = cluster.settings.get(insights.as_str()).map_or("disabled", String::as_str);
    vec![ClusterSetting { name: Some(insights), value: Some(value.to_owned()) }]
}

fn strategy_item(item: &StrategyItem) -> CapacityProviderStrategyItem {
    CapacityProviderStrategyItem {
        capacity_provider: Some(item.capacity_provider.clone()),
        weight: Some(count(item.weight)),
        base: Some(count(item.base)),
    }
}

/// Counts by launch type, in AWS's order. Kinds of capacity and services that do not exist yet count 0.
fn statistics(counts: TaskCounts) -> Vec<KeyValuePair> {
    let rows = [
        ("runningEC2TasksCount", 0),
        ("runningFargateTasksCount", counts.running_fargate),
        ("pendingEC2TasksCount", 0),
        ("pendingFargateTasksCount", counts.pending_fargate),
        ("runningExternalTasksCount", 0),
        ("pendingExternalTasksCount", 0),
        ("runningManagedInstancesTasksCount", 0),
        ("pendingManagedInstancesTasksCount", 0),
        ("activeEC2ServiceCount", 0),
        ("activeFargateServiceCount", 0),
        ("drainingEC2ServiceCount", 0),
        ("drainingFargateServiceCount", 0),
        ("activeExternalServiceCount", 0),
        ("drainingExternalServiceCount", 0),
        ("activeManagedInstancesServiceCount", 0),
        ("drainingManagedInstancesServiceCount", 0),
    ];
    rows.into_iter().map(|(name, value)| pair(name, &value.to_string())).collect()
}

fn pair(name: &str, value: &str) -> KeyValuePair {
    KeyValuePair { name: Some(name.to_owned()), value: Some(value.to_owned()) }
}

/// Counts stay far below the largest number of the wire; one that did not would show as that number.
fn count(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
