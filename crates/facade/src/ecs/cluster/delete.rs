//! DeleteCluster.

use super::shown::{self, View};
use crate::ecs::fault::{refused, unexpected_reply};
use crate::ecs::{check, name};
use crate::{Context, Fault, Plan};
use gantry_model::status::ClusterStatus;
use gantry_orchestrator::command::{Command, Reply, ecs};
use gantry_shapes::ecs::{DeleteClusterRequest, DeleteClusterResponse};

/// Makes a cluster INACTIVE; an INACTIVE one answers once more, then with its (no) attachments.
pub(in crate::ecs) fn delete(cx: &Context<'_>, input: DeleteClusterRequest) -> Result<Plan, Fault> {
    let given = input.cluster.unwrap_or_default();
    check::not_blank(&given, "Cluster")?;
    let key = name::cluster_key(cx, Some(&given))?;
    let attachments = cx.state.cluster(&key).is_some_and(|cluster| cluster.status == ClusterStatus::Inactive);
    let command = Command::DeleteCluster(ecs::DeleteCluster { name: key.name });
    Ok(Plan::command(command, move |state, result| {
        let Reply::Cluster(cluster) = result.map_err(|refusal| refused(&refusal))? else {
            return Err(unexpected_reply());
        };
        let view = View { attachments, ..View::default() };
        Ok(DeleteClusterResponse { cluster: Some(shown::cluster(state, &cluster, view)) })
    }))
}
