//! ListClusters.

use crate::ecs::page::{Page, Size};
use crate::{Context, Fault};
use gantry_model::ClusterName;
use gantry_model::status::ClusterStatus;
use gantry_shapes::ecs::{ListClustersRequest, ListClustersResponse};

/// Lists the ARNs of the ACTIVE clusters, sorted by name.
pub(in crate::ecs) fn list(
    cx: &Context<'_>,
    input: ListClustersRequest,
) -> Result<ListClustersResponse, Fault> {
    let page = Page::<ClusterName>::read(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    let clusters = cx.state.clusters_after(cx.scope(), page.after.as_ref());
    let active = clusters.filter(|cluster| cluster.status == ClusterStatus::Active);
    let rows = active.map(|cluster| (cluster.key.name.clone(), cluster.key.arn()));
    let (arns, next_token) = page.cut(rows);
    Ok(ListClustersResponse { cluster_arns: Some(arns), next_token })
}
