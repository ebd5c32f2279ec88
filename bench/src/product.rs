//! Gantry as the benchmarks start it: a release build on a host of its own, its data on disk.

use crate::ecs::Ecs;
use crate::setting::Setting;
use anyhow::{Context, Result};
use gantry_tests::{Options, Product};
use serde_json::{Value, json};

/// `gantry up` with the embedded runtime.
pub(crate) fn up(setting: &Setting) -> Result<Product> {
    start(setting, &[])
}

/// `gantry up` with the fake runtime: the control plane, the store and the agent are real, containers cost nothing.
pub(crate) fn up_without_containers(setting: &Setting) -> Result<Product> {
    start(setting, &["--runtime", "fake"])
}

/// The container of a task that ends at once, under the fake runtime too. moto cannot do without its sizes.
pub(crate) fn ends_at_once() -> Value {
    json!({"name": "main", "image": "gantry/hello", "command": ["exit", "0"], "cpu": 256, "memory": 512})
}

/// A prepared cluster.
pub(crate) fn prepare(product: &Product, container: &Value) -> Result<Ecs> {
    Ecs::prepare(product.client(), subnet(product)?, container)
}

/// Another client of the prepared cluster.
pub(crate) fn further_client(product: &Product) -> Result<Ecs> {
    Ok(Ecs::further(product.client(), subnet(product)?))
}

fn start(setting: &Setting, arguments: &[&str]) -> Result<Product> {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let data_dir = Some(setting.empty_folder("gantry-")?);
    Ok(Product::with(Options { arguments, data_dir, binary: Some(setting.binary.clone()) }))
}

fn subnet(product: &Product) -> Result<&str> {
    product.variable("GANTRY_SUBNETS").split(',').next().context("gantry env exports subnets")
}
