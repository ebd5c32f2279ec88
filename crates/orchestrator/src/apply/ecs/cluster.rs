//! Clusters: made, found, deleted.

use crate::command::ecs::{CreateCluster, DeleteCluster};
use crate::command::{Refusal, Reply};
use crate::txn::Txn;
use gantry_model::quota::CLUSTERS;
use gantry_model::record::{Cluster, ClusterKey};
use gantry_model::status::ClusterStatus;
use gantry_model::{AccountRegion, ClusterName};
use std::sync::Arc;

/// Makes a cluster; the same request again answers the same cluster, another one under the name is refused.
pub(crate) fn create(
    txn: &mut Txn,
    scope: &AccountRegion,
    command: &CreateCluster,
) -> Result<Reply, Refusal> {
    let key = ClusterKey { scope: scope.clone(), name: command.name.clone() };
    let existing = txn.state.cluster(&key).filter(|cluster| cluster.status == ClusterStatus::Active);
    if let Some(cluster) = existing {
        return if repeats(cluster, command) {
            Ok(Reply::Cluster(cluster.clone()))
        } else {
            Err(Refusal::ClusterDiffers)
        };
    }
    let active = |cluster: &&Arc<Cluster>| cluster.status == ClusterStatus::Active;
    if txn.state.clusters_after(scope, None).filter(active).count() >= CLUSTERS {
        return Err(Refusal::ClusterQuota(CLUSTERS));
    }
    let cluster = Arc::new(fresh(key, command, txn));
    txn.put(cluster.clone());
    Ok(Reply::Cluster(cluster))
}

/// Makes a cluster INACTIVE. Deleting it again answers the same.
pub(crate) fn delete(
    txn: &mut Txn,
    scope: &AccountRegion,
    command: &DeleteCluster,
) -> Result<Reply, Refusal> {
    let key = ClusterKey { scope: scope.clone(), name: command.name.clone() };
    let cluster = txn.state.cluster(&key).ok_or(Refusal::ClusterNotFound)?.clone();
    if cluster.status == ClusterStatus::Inactive {
        return Ok(Reply::Cluster(cluster));
    }
    if txn.state.task_counts(&key).active > 0 {
        return Err(Refusal::ClusterContainsTasks);
    }
    let deleted_at = Some(txn.now.at);
    let cluster =
        Arc::new(Cluster { status: ClusterStatus::Inactive, deleted_at, ..Cluster::clone(&cluster) });
    txn.put(cluster.clone());
    Ok(Reply::Cluster(cluster))
}

/// The ACTIVE cluster of a name; `default` is made on demand.
pub(super) fn require_active(
    txn: &mut Txn,
    scope: &AccountRegion,
    name: &ClusterName,
) -> Result<ClusterKey, Refusal> {
    let key = ClusterKey { scope: scope.clone(), name: name.clone() };
    match txn.state.cluster(&key).map(|cluster| cluster.status) {
        Some(ClusterStatus::Active) => Ok(key),
        Some(ClusterStatus::Inactive) if *name != ClusterName::default() => Err(Refusal::ClusterInactive),
        None if *name != ClusterName::default() => Err(Refusal::ClusterNotFound),
        Some(ClusterStatus::Inactive) | None => {
            create(txn, scope, &CreateCluster::default())?;
            Ok(key)
        }
    }
}

/// Whether a request asks for no more than what is there: AWS answers such a repetition with the cluster as it is.
fn repeats(cluster: &Cluster, command: &CreateCluster) -> bool {
    let same_or_absent = |absent: bool, same: bool| absent || same;
    same_or_absent(command.settings.is_empty(), command.settings == cluster.settings)
        && same_or_absent(command.tags.is_empty(), command.tags == cluster.tags)
        && same_or_absent(
            command.capacity_providers.is_empty(),
            command.capacity_providers == cluster.capacity_providers,
        )
        && same_or_absent(
            command.default_strategy.is_empty(),
            command.default_strategy == cluster.default_strategy,
        )
        && same_or_absent(command.configuration.is_none(), command.configuration == cluster.configuration)
        && same_or_absent(
            command.service_connect_namespace.is_none(),
            command.service_connect_namespace == cluster.service_connect_namespace,
        )
}

fn fresh(key: ClusterKey, command: &CreateCluster, txn: &Txn) -> Cluster {
    Cluster {
        key,
        status: ClusterStatus::Active,
        settings: command.settings.clone(),
        capacity_providers: command.capacity_providers.clone(),
        default_strategy: command.default_strategy.clone(),
        service_connect_namespace: command.service_connect_namespace.clone(),
        configuration: command.configuration.clone(),
        tags: command.tags.clone(),
        created_at: txn.now.at,
        deleted_at: None,
    }
}
