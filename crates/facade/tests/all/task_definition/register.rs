//! What RegisterTaskDefinition answers, member by member.

use super::registered;
use crate::support::{World, command};
use expect_test::expect_file;
use gantry_orchestrator::command::Refusal;

/// A container with nothing but what it needs.
const PLAIN: &str =
    r#"{"family": "web", "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 128}]}"#;

#[test]
fn a_plain_container_gets_what_ecs_fills_in() {
    expect_file!["../golden/task_definition/plain.json"].assert_eq(&registered(PLAIN));
}

#[test]
fn ports_health_checks_and_tags_get_what_ecs_fills_in() {
    let body = r#"{
        "family": "web", "networkMode": "awsvpc", "cpu": "1 vCPU", "memory": "2 GB",
        "requiresCompatibilities": ["FARGATE"], "tags": [{"key": "team", "value": "blue"}, {"key": "alone"}],
        "containerDefinitions": [{
            "name": "app", "image": "nginx", "portMappings": [{"containerPort": 80}, {"containerPortRange": "100-110"}],
            "healthCheck": {"command": ["CMD", "true"]}, "links": [], "command": []
        }]
    }"#;
    expect_file!["../golden/task_definition/filled.json"].assert_eq(&registered(body));
}

#[test]
fn members_that_ecs_shows_and_does_not_know_in_the_input_are_skipped() {
    let body = PLAIN.replacen('{', r#"{"revision": 7, "status": "ACTIVE", "compatibilities": ["EC2"], "#, 1);
    assert_eq!(registered(&body), registered(PLAIN));
}

#[test]
fn a_full_family_is_refused() {
    let world = World::empty();
    let refused =
        command(&world, "RegisterTaskDefinition", PLAIN).refuse(&world, Refusal::RevisionQuota(1_000_000));
    assert_eq!(refused.code(), "LimitExceededException");
}
