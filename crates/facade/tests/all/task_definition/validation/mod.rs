//! What RegisterTaskDefinition takes and refuses: a row for each sentence of the shapes' documentation that says required,
//! valid, or not supported, and for each refusal that AWS is known to answer.

mod containers;
mod fargate;
mod linux;
mod logs;
mod network;
mod ports;
mod process;
mod size;
mod storage;
mod task;

use crate::support::{World, planned};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One sentence.
struct Row {
    /// What it says, in our words.
    name: &'static str,
    /// The member that it is written at; `answer` where only AWS's answer is known.
    source: &'static str,
    /// What is registered.
    body: Value,
    /// `Ok`, or the error that a client gets.
    expected: Result<(), String>,
}

/// A definition for EC2 with one container, `app`, with a patch for each.
fn ec2(task: Value, container: Value) -> Value {
    let base = json!({"family": "web"});
    definition(base, task, json!({"name": "app", "image": "nginx", "memory": 128}), container)
}

/// A definition for Fargate with one container, `app`, with a patch for each.
fn fargate(task: Value, container: Value) -> Value {
    let base = json!({
        "family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    });
    definition(base, task, json!({"name": "app", "image": "nginx"}), container)
}

fn definition(mut base: Value, task: Value, mut app: Value, container: Value) -> Value {
    merge(&mut app, container);
    base["containerDefinitions"] = json!([app]);
    merge(&mut base, task);
    base
}

/// Members of the patch replace those of the base; null removes one (RFC 7396, one level deep).
fn merge(base: &mut Value, patch: Value) {
    let (Value::Object(base), Value::Object(patch)) = (base, patch) else { panic!("both are objects") };
    for (key, value) in patch {
        if value.is_null() {
            base.remove(&key)
        } else {
            base.insert(key, value)
        };
    }
}

/// A definition that is taken.
fn taken(name: &'static str, source: &'static str, body: Value) -> Row {
    Row { name, source, body, expected: Ok(()) }
}

/// A definition that is refused with ClientException.
fn refused(name: &'static str, source: &'static str, body: Value, message: &str) -> Row {
    Row { name, source, body, expected: Err(format!("ClientException: {message}")) }
}

/// No patch.
fn none() -> Value {
    json!({})
}

fn rows() -> Vec<Row> {
    let themes = [
        containers::rows(),
        size::rows(),
        network::rows(),
        ports::rows(),
        process::rows(),
        linux::rows(),
        logs::rows(),
        storage::rows(),
        task::rows(),
        fargate::rows(),
    ];
    themes.into_iter().flatten().collect()
}

#[test]
fn every_sentence_holds() {
    let world = World::empty();
    let mut wrong = Vec::new();
    for row in rows() {
        let planned = planned(&world, "RegisterTaskDefinition", &row.body.to_string());
        let got = planned.map(drop).map_err(|fault| fault.to_string());
        if got != row.expected {
            wrong.push(format!("{} ({}):\n  got  {got:?}\n  want {:?}", row.name, row.source, row.expected));
        }
    }
    assert!(wrong.is_empty(), "{} rows are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rows_have_names_of_their_own() {
    let mut names = BTreeSet::new();
    let repeated: Vec<_> =
        rows().into_iter().filter(|row| !names.insert(row.name)).map(|row| row.name).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
}
