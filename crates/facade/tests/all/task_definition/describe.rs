//! DescribeTaskDefinition: names, statuses, tags.

use super::revision;
use crate::support::{NOW, World, answer, fault};
use gantry_model::record::{TaskDefinition, TaskDefinitionKey};
use gantry_model::status::TaskDefinitionStatus;
use serde_json::{Value, json};

const BODY: &str = r#"{"family": "web", "tags": [{"key": "team", "value": "blue"}],
    "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 128}]}"#;

/// Revisions 1 and 2 of `web`, and 3, which is INACTIVE; `gone` has an INACTIVE one alone.
fn world() -> World {
    let empty = World::empty();
    let inactive = TaskDefinition {
        status: TaskDefinitionStatus::Inactive,
        deregistered_at: Some(NOW.plus_ms(1500)),
        ..revision(&empty, BODY, 3)
    };
    let gone = TaskDefinitionKey { family: "gone".parse().unwrap(), ..inactive.key.clone() };
    let gone = TaskDefinition { key: gone, ..inactive.clone() };
    World::empty().with(revision(&empty, BODY, 1)).with(revision(&empty, BODY, 2)).with(inactive).with(gone)
}

fn describe(name: &str, include: Value) -> Value {
    let body = json!({"taskDefinition": name, "include": include}).to_string();
    serde_json::from_str(&answer(&world(), "DescribeTaskDefinition", &body)).unwrap()
}

#[test]
fn every_way_to_name_a_revision() {
    let names = [
        ("web", 2),
        ("web:1", 1),
        ("web:3", 3),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/web:1", 1),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/web", 2),
    ];
    for (name, revision) in names {
        let definition = &describe(name, json!([]))["taskDefinition"];
        assert_eq!(definition["revision"], revision, "{name}");
        let arn = format!("arn:aws:ecs:us-east-1:123456789012:task-definition/web:{revision}");
        assert_eq!(definition["taskDefinitionArn"], arn, "{name}");
    }
}

#[test]
fn tags_are_shown_when_they_are_asked_for() {
    assert_eq!(describe("web", json!(["TAGS"]))["tags"], json!([{"key": "team", "value": "blue"}]));
    assert_eq!(describe("web", json!([]))["tags"], json!([]));
}

#[test]
fn an_inactive_revision_says_since_when() {
    let definition = &describe("web:3", json!([]))["taskDefinition"];
    assert_eq!(definition["status"], "INACTIVE");
    assert_eq!(definition["deregisteredAt"], 1_763_715_601.5);
    assert_eq!(describe("web:1", json!([]))["taskDefinition"]["deregisteredAt"], Value::Null);
}

#[test]
fn what_does_not_exist_cannot_be_described() {
    let unknown = "ClientException: Unable to describe task definition.";
    let rows = [
        (json!({"taskDefinition": "nope"}), unknown),
        (json!({"taskDefinition": "web:4"}), unknown),
        (json!({"taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/nope:1"}), unknown),
        (json!({"taskDefinition": "gone"}), unknown),
        (
            json!({"taskDefinition": "web", "include": ["X"]}),
            "InvalidParameterException: include should be one of [TAGS]",
        ),
        (json!({}), "ClientException: TaskDefinition can not be blank."),
        (json!({"taskDefinition": "a b"}), "ClientException: Family contains invalid characters."),
    ];
    for (body, expected) in rows {
        let body = body.to_string();
        assert_eq!(fault(&world(), "DescribeTaskDefinition", &body).to_string(), expected, "{body}");
    }
}
