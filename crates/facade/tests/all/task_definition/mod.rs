//! Task definitions: what is registered, what reads back, how it is named and listed.

mod deregister;
mod describe;
mod list;
mod production;
mod register;
mod round_trip;
mod validation;

use crate::support::{NOW, World, answer, command, scope};
use gantry_model::record::{TaskDefinition, TaskDefinitionKey};
use gantry_orchestrator::command::{Command, Reply};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The revision that a request leads to, as the orchestrator would make it.
fn revision(world: &World, body: &str, revision: u32) -> TaskDefinition {
    let Command::RegisterTaskDefinition(command) = command(world, "RegisterTaskDefinition", body).command
    else {
        panic!("RegisterTaskDefinition leads to its own command");
    };
    TaskDefinition {
        key: TaskDefinitionKey { scope: scope(), family: command.family, revision },
        registered_at: NOW,
        registered_by: world.caller.principal.clone(),
        content: Arc::new(command.content),
        tags: command.tags,
        ..TaskDefinition::default()
    }
}

/// The answer to RegisterTaskDefinition.
fn registered(body: &str) -> String {
    let world = World::empty();
    let definition = revision(&world, body, 1);
    command(&world, "RegisterTaskDefinition", body).reply(&world, Reply::TaskDefinition(Arc::new(definition)))
}

/// The answer to DescribeTaskDefinition after a registration.
fn described(body: &str) -> Value {
    let definition = revision(&World::empty(), body, 1);
    let name = json!({"taskDefinition": definition.key.arn(), "include": ["TAGS"]}).to_string();
    let world = World::empty().with(definition);
    serde_json::from_str(&answer(&world, "DescribeTaskDefinition", &name)).expect("answers are JSON")
}

/// Members that ECS adds to what a user registers.
const ADDED: [&str; 7] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "compatibilities",
    "requiresAttributes",
    "registeredAt",
    "registeredBy",
];

/// A described definition without what ECS adds: what a tool would register again.
fn readable(described: &Value) -> Value {
    let mut definition = described["taskDefinition"].clone();
    for member in ADDED {
        object(&mut definition).remove(member);
    }
    definition
}

/// What a definition reads back as: itself, with the defaults that ECS is known to fill in.
fn filled(input: &Value) -> Value {
    let mut definition = input.clone();
    let mode = definition["networkMode"].as_str().unwrap_or("bridge").to_owned();
    object(&mut definition).remove("tags");
    fill(&mut definition, &[("volumes", json!([])), ("placementConstraints", json!([]))]);
    for container in elements(&mut definition, "containerDefinitions") {
        let lists = ["portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"];
        fill(container, &lists.map(|member| (member, json!([]))));
        fill(container, &[("cpu", json!(0)), ("essential", json!(true))]);
        for mapping in elements(container, "portMappings") {
            fill_port(mapping, &mode);
        }
        if let Some(check) = container.get_mut("healthCheck") {
            fill(check, &[("interval", json!(30)), ("timeout", json!(5)), ("retries", json!(3))]);
        }
    }
    definition
}

fn fill_port(mapping: &mut Value, mode: &str) {
    fill(mapping, &[("protocol", json!("tcp"))]);
    if let Some(port) = mapping.get("containerPort").cloned() {
        let host_port = if ["awsvpc", "host"].contains(&mode) { port } else { json!(0) };
        fill(mapping, &[("hostPort", host_port)]);
    }
}

fn fill(value: &mut Value, defaults: &[(&str, Value)]) {
    for (member, default) in defaults {
        object(value).entry(*member).or_insert_with(|| default.clone());
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("it is an object")
}

fn elements<'a>(value: &'a mut Value, member: &str) -> std::slice::IterMut<'a, Value> {
    value[member].as_array_mut().expect("it is a list").iter_mut()
}
