//! DescribeClusters.

use super::shown::{self, View};
use crate::ecs::{check, failure, name};
use crate::{Context, Fault};
use gantry_model::record::ClusterKey;
use gantry_shapes::ecs::{ClusterField, DescribeClustersRequest, DescribeClustersResponse};

/// Most clusters of one request.
const CLUSTERS_MAX: usize = 100;

/// Describes clusters, INACTIVE ones too; what does not exist is a failure. Without names it describes `default`.
pub(in crate::ecs) fn describe(
    cx: &Context<'_>,
    input: DescribeClustersRequest,
) -> Result<DescribeClustersResponse, Fault> {
    let names = input.clusters.unwrap_or_default();
    check::at_most_items(&names, "clusters", CLUSTERS_MAX)?;
    let include = input.include.unwrap_or_default();
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for key in keys(cx, &names)? {
        match cx.state.cluster(&key) {
            Some(cluster) => clusters.push(shown::cluster(cx.state, cluster, read_view(&include)?)),
            None => failures.push(failure::missing(key.arn())),
        }
    }
    Ok(DescribeClustersResponse { clusters: Some(clusters), failures: Some(failures) })
}

fn keys(cx: &Context<'_>, names: &[String]) -> Result<Vec<ClusterKey>, Fault> {
    if names.is_empty() {
        return Ok(vec![name::cluster_key(cx, None)?]);
    }
    names.iter().map(|given| name::cluster_key(cx, Some(given))).collect()
}

/// Reads `include`. It is looked at only for clusters that exist, as on AWS.
fn read_view(include: &[ClusterField]) -> Result<View, Fault> {
    let mut view = View::default();
    for field in include {
        match field {
            ClusterField::Attachments => view.attachments = true,
            ClusterField::Configurations => view.configuration = true,
            ClusterField::Settings => view.settings = true,
            ClusterField::Statistics => view.statistics = true,
            ClusterField::Tags => view.tags = true,
            ClusterField::Unrecognized(word) => check::one_of(word, "include", ClusterField::VALUES)?,
        }
    }
    Ok(view)
}
