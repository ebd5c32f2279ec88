//! What a task runs on: a launch type, or a capacity provider that a strategy chooses.

use crate::command::Refusal;
use crate::command::ecs::{Capacity, RunTask};
use crate::txn::Txn;
use gantry_model::fargate;
use gantry_model::record::cluster::StrategyItem;
use gantry_model::record::{ClusterKey, TaskDefinition};
use gantry_model::status::LaunchType;

/// The provider that stands for the platform's pool.
const FARGATE: &str = "FARGATE";

/// The capacity of one request.
pub(super) struct Chosen {
    pub(super) launch_type: LaunchType,
    pub(super) capacity_provider: Option<String>,
}

/// Settles launch type and provider, and checks that the definition fits.
pub(super) fn choose(
    txn: &Txn,
    cluster: &ClusterKey,
    definition: &TaskDefinition,
    command: &RunTask,
) -> Result<Chosen, Refusal> {
    let associated = txn.state.cluster(cluster).map(|cluster| cluster.as_ref());
    let providers = associated.map_or(&[][..], |cluster| &cluster.capacity_providers);
    let chosen = match &command.capacity {
        Capacity::LaunchType(launch_type) => Chosen { launch_type: *launch_type, capacity_provider: None },
        Capacity::Strategy(items) => by_strategy(items, providers)?,
        Capacity::ClusterDefault => match associated.map_or(&[][..], |cluster| &cluster.default_strategy) {
            [] => Chosen { launch_type: LaunchType::Ec2, capacity_provider: None },
            items => by_strategy(items, providers)?,
        },
    };
    match chosen.launch_type {
        LaunchType::Fargate if fargate::supports(&definition.content) => Ok(chosen),
        LaunchType::Fargate => Err(Refusal::IncompatibleLaunchType(LaunchType::Fargate)),
        LaunchType::Ec2 | LaunchType::External | LaunchType::ManagedInstances => {
            Err(Refusal::NoContainerInstances)
        }
    }
}

/// The pool is the only provider with capacity: a strategy may share tasks with no other.
fn by_strategy(items: &[StrategyItem], associated: &[String]) -> Result<Chosen, Refusal> {
    let stranger = items.iter().find(|item| !associated.contains(&item.capacity_provider));
    if let Some(item) = stranger {
        return Err(Refusal::CapacityProviderNotAssociated(item.capacity_provider.clone()));
    }
    let shares = |item: &&StrategyItem| item.weight > 0 || item.base > 0;
    if items.iter().filter(shares).any(|item| item.capacity_provider != FARGATE) {
        return Err(Refusal::NotRunnable { field: "capacityProviderStrategy", container: None });
    }
    Ok(Chosen { launch_type: LaunchType::Fargate, capacity_provider: Some(FARGATE.to_owned()) })
}
