//! `GET health` and `GET status`: whether it works, and what there is.

use super::{Asked, UNAVAILABLE};
use crate::api::{Health, NodeLine, Share, Status};
use crate::plane::Plane;
use gantry_model::AccountRegion;
use gantry_model::record::Node;
use gantry_model::status::ClusterStatus;
use gantry_orchestrator::state::State;
use gantry_wire::Fault;
use std::collections::BTreeMap;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn health(plane: &Plane) -> Health {
    Health { status: verdict(plane), version: VERSION.to_owned() }
}

pub(super) async fn status(asked: &Asked<'_>) -> Result<Status, Fault> {
    let (plane, history) = (asked.plane, asked.plane.history.clone());
    let span = tokio::task::spawn_blocking(move || history.span()).await.ok().and_then(Result::ok);
    let span = span.ok_or_else(|| Fault::new(UNAVAILABLE, "The history cannot be read."))?;
    let state = plane.published.state();
    let AccountRegion { account, region } = asked.caller.scope.clone();
    Ok(Status {
        status: verdict(plane),
        version: VERSION.to_owned(),
        account: account.to_string(),
        region: region.to_string(),
        commits: state.seq(),
        clusters: clusters(&state, &asked.caller.scope),
        tasks: tasks(&state),
        nodes: state.nodes().map(|node| line(plane, &state, node)).collect(),
        history_bytes: span.size_bytes,
    })
}

fn verdict(plane: &Plane) -> String {
    if plane.published.is_writable() { "ok".to_owned() } else { "read-only".to_owned() }
}

fn clusters(state: &State, scope: &AccountRegion) -> usize {
    state.clusters_after(scope, None).filter(|cluster| cluster.status == ClusterStatus::Active).count()
}

fn tasks(state: &State) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    state.tasks().for_each(|task| *counts.entry(task.observed.status.to_string()).or_default() += 1);
    counts
}

fn line(plane: &Plane, state: &State, node: &Node) -> NodeLine {
    let (offer, used) = (node.offer(), state.node_use(node.id));
    NodeLine {
        id: node.id.to_string(),
        name: node.name.clone(),
        status: node.status.to_string(),
        connected: plane.sessions.is_connected(node.id),
        cpu_units: Share { used: used.cpu_units, total: offer.cpu_units },
        memory_mib: Share { used: used.memory_mib, total: offer.memory_mib },
        agent_version: node.agent_version.clone(),
    }
}
