//! DeregisterTaskDefinition.

use super::revision;
use crate::support::{NOW, World, command, fault};
use gantry_model::record::TaskDefinition;
use gantry_model::status::TaskDefinitionStatus;
use gantry_orchestrator::command::{Command, Refusal, Reply};
use serde_json::{Value, json};
use std::sync::Arc;

const BODY: &str =
    r#"{"family": "web", "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 128}]}"#;

const NAME: &str = r#"{"taskDefinition": "web:1"}"#;

#[test]
fn the_command_names_one_revision() {
    let world = World::empty();
    for name in ["web:7", "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7"] {
        let body = json!({"taskDefinition": name}).to_string();
        let Command::DeregisterTaskDefinition(deregister) =
            command(&world, "DeregisterTaskDefinition", &body).command
        else {
            panic!("DeregisterTaskDefinition leads to its own command");
        };
        assert_eq!((deregister.family.as_str(), deregister.revision), ("web", 7));
    }
}

#[test]
fn the_answer_does_not_say_when() {
    let world = World::empty();
    let definition = TaskDefinition {
        status: TaskDefinitionStatus::Inactive,
        deregistered_at: Some(NOW),
        ..revision(&world, BODY, 1)
    };
    let reply = Reply::TaskDefinition(Arc::new(definition));
    let answer = command(&world, "DeregisterTaskDefinition", NAME).reply(&world, reply);
    let definition = &serde_json::from_str::<Value>(&answer).unwrap()["taskDefinition"];
    assert_eq!(definition["status"], "INACTIVE");
    assert_eq!(definition["deregisteredAt"], Value::Null);
}

#[test]
fn refusals_have_the_words_of_this_operation() {
    let world = World::empty();
    let deleting =
        "The task definition could not be deregistered because it is in the process of being deleted.";
    let rows = [
        (Refusal::TaskDefinitionNotFound, "Unable to describe task definition."),
        (Refusal::TaskDefinitionInactive, deleting),
    ];
    for (refusal, message) in rows {
        let refused = command(&world, "DeregisterTaskDefinition", NAME).refuse(&world, refusal);
        assert_eq!(refused.to_string(), format!("ClientException: {message}"));
    }
    let familiar = fault(&world, "DeregisterTaskDefinition", r#"{"taskDefinition": "web"}"#);
    assert_eq!(familiar.to_string(), "ClientException: Revision is missing");
}
