//! What RunTask asks to run on: launch type or strategy, and the platform version that goes with it.

use crate::Fault;
use crate::ecs::check;
use crate::ecs::cluster::FARGATE_SPOT;
use crate::ecs::fault::{invalid, unsupported};
use gantry_model::fargate::PLATFORM_VERSION;
use gantry_model::record::cluster::StrategyItem;
use gantry_model::status::LaunchType;
use gantry_orchestrator::command::ecs::{Awsvpc, Capacity};
use gantry_shapes::ecs as shapes;
use gantry_shapes::ecs::ErrorCode;

/// The launch types as ECS lists them in its refusal. FMI is in no model.
pub(super) const LAUNCH_TYPES: [&str; 5] = ["EC2", "FARGATE", "EXTERNAL", "FMI", "MANAGED_INSTANCES"];

/// What stands for the newest one.
const LATEST: &str = "LATEST";

/// Reads `launchType` or `capacityProviderStrategy`.
pub(super) fn read(
    launch_type: Option<&shapes::LaunchType>,
    strategy: Vec<StrategyItem>,
) -> Result<Capacity, Fault> {
    match (launch_type, strategy.is_empty()) {
        (None, true) => Ok(Capacity::ClusterDefault),
        (None, false) => read_strategy(strategy),
        (Some(given), true) => read_launch_type(given).map(Capacity::LaunchType),
        (Some(_), false) => Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        )),
    }
}

/// Reads one launch type.
pub(super) fn read_launch_type(given: &shapes::LaunchType) -> Result<LaunchType, Fault> {
    let word = given.as_str();
    check::one_of(word, "launch type", &LAUNCH_TYPES)?;
    word.parse().map_err(|_| unsupported("this launch type", None))
}

fn read_strategy(strategy: Vec<StrategyItem>) -> Result<Capacity, Fault> {
    if strategy.len() > 1 && strategy.iter().all(|item| item.weight == 0) {
        return Err(invalid(
            "There are no capacity providers in the capacity provider strategy with a weight value greater than zero. \
             Specify a weight value greater than zero for at least one capacity provider and try again.",
        ));
    }
    if strategy.iter().any(|item| item.capacity_provider == FARGATE_SPOT) {
        return Err(unsupported("the capacity provider FARGATE_SPOT", None));
    }
    Ok(Capacity::Strategy(strategy))
}

/// Resolves `platformVersion`, which only Fargate has.
pub(super) fn read_platform_version(
    capacity: &Capacity,
    given: Option<&str>,
) -> Result<Option<String>, Fault> {
    let Some(given) = given else { return Ok(None) };
    if is_other_than_fargate(capacity) {
        return Err(invalid("The platform version must be null when specifying an EC2 launch type."));
    }
    if given != LATEST && given != PLATFORM_VERSION {
        return Err(ErrorCode::PlatformUnknownException.fault("The specified platform does not exist."));
    }
    Ok(Some(PLATFORM_VERSION.to_owned()))
}

/// Refuses a public address where there is none to be had.
pub(super) fn check_network(capacity: &Capacity, network: Option<&Awsvpc>) -> Result<(), Fault> {
    if is_other_than_fargate(capacity) && network.is_some_and(|network| network.assign_public_ip) {
        return Err(invalid("Assign public IP is not supported for this launch type."));
    }
    Ok(())
}

fn is_other_than_fargate(capacity: &Capacity) -> bool {
    match capacity {
        Capacity::LaunchType(LaunchType::Fargate) | Capacity::Strategy(_) | Capacity::ClusterDefault => false,
        Capacity::LaunchType(LaunchType::Ec2 | LaunchType::External | LaunchType::ManagedInstances) => true,
    }
}
