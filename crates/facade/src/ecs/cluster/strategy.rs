//! Capacity provider strategies, of clusters and of tasks.

use crate::Fault;
use crate::ecs::check;
use crate::ecs::fault::invalid;
use gantry_model::record::cluster::StrategyItem;
use gantry_shapes::ecs::CapacityProviderStrategyItem;

/// The provider of Fargate on demand.
pub(in crate::ecs) const FARGATE: &str = "FARGATE";
/// The provider of Fargate on spare capacity.
pub(in crate::ecs) const FARGATE_SPOT: &str = "FARGATE_SPOT";

/// Most items of one strategy.
const ITEMS_MAX: usize = 20;
/// Largest weight of an item.
const WEIGHT_MAX: i32 = 1_000;
/// Largest base of an item.
const BASE_MAX: i32 = 100_000;

/// Reads a strategy and fills in base and weight.
pub(in crate::ecs) fn read(items: Vec<CapacityProviderStrategyItem>) -> Result<Vec<StrategyItem>, Fault> {
    check::at_most_items(&items, "capacityProviderStrategy", ITEMS_MAX)?;
    let strategy = items.into_iter().map(read_item).collect::<Result<Vec<_>, _>>()?;
    if strategy.iter().filter(|item| item.base > 0).count() > 1 {
        return Err(invalid(
            "The specified capacity provider strategy contains multiple capacity providers with a base value defined. \
             Only one capacity provider per strategy can have a base value defined.",
        ));
    }
    Ok(strategy)
}

fn read_item(item: CapacityProviderStrategyItem) -> Result<StrategyItem, Fault> {
    let capacity_provider = item.capacity_provider.unwrap_or_default();
    check::not_blank(&capacity_provider, "CapacityProvider")?;
    Ok(StrategyItem {
        capacity_provider,
        weight: read_number(item.weight, "weight", WEIGHT_MAX)?,
        base: read_number(item.base, "base", BASE_MAX)?,
    })
}

fn read_number(given: Option<i32>, thing: &str, max: i32) -> Result<u32, Fault> {
    let number = given.unwrap_or(0);
    check::within(number, thing, 0, max)?;
    Ok(number.unsigned_abs())
}
