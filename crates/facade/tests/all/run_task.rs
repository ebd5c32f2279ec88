//! RunTask: what it asks of the orchestrator, and what it answers.

use crate::support::{World, command, fresh_task, task_id};
use expect_test::{expect, expect_file};
use gantry_model::Resources;
use gantry_model::status::LaunchType;
use gantry_orchestrator::command::ecs::{Capacity, Failure, RunTask};
use gantry_orchestrator::command::{Command, Refusal, Reply};
use std::sync::Arc;

const EVERYTHING: &str = r#"{
    "cluster": "demo",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/hello:1",
    "count": 2,
    "launchType": "FARGATE",
    "platformVersion": "LATEST",
    "networkConfiguration": {"awsvpcConfiguration": {
        "subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"
    }},
    "overrides": {
        "cpu": ".5 vCPU", "memory": "1GB",
        "taskRoleArn": "role-a", "executionRoleArn": "role-b", "ephemeralStorage": {"sizeInGiB": 30},
        "containerOverrides": [
            {"name": "web", "command": ["sleep"], "environment": [{"name": "A", "value": "1"}, {"name": "B"}],
             "cpu": 1, "memory": 20, "memoryReservation": 10},
            {}
        ]
    },
    "group": "batch", "startedBy": "me", "referenceId": "ref",
    "tags": [{"key": "k", "value": "v"}],
    "propagateTags": "TASK_DEFINITION", "enableECSManagedTags": true, "enableExecuteCommand": true,
    "placementConstraints": [], "placementStrategy": [], "volumeConfigurations": [],
    "clientToken": "once"
}"#;

fn asked(body: &str) -> RunTask {
    let Command::RunTask(run) = command(&World::demo(), "RunTask", body).command else {
        panic!("another command")
    };
    run
}

#[test]
fn every_member_reaches_the_command() {
    expect_file!["golden/run_task_command.txt"].assert_eq(&format!("{:#?}\n", asked(EVERYTHING)));
}

#[test]
fn absent_members_have_aws_defaults() {
    let run = asked(r#"{"taskDefinition": "hello"}"#);
    assert_eq!((run.cluster.as_str(), run.count, run.definition.revision), ("default", 1, None));
    assert_eq!(
        (run.capacity, run.platform_version, run.client_token),
        (Capacity::ClusterDefault, None, None)
    );
    assert!(!run.managed_tags && !run.propagate_definition_tags && !run.enable_execute_command);
}

#[test]
fn capacity_is_a_launch_type_or_a_strategy() {
    let capacity = |members: &str| asked(&format!(r#"{{"taskDefinition": "hello", {members}}}"#)).capacity;
    assert_eq!(capacity(r#""launchType": "EC2""#), Capacity::LaunchType(LaunchType::Ec2));
    expect![[r#"
        Strategy(
            [
                StrategyItem {
                    capacity_provider: "FARGATE",
                    weight: 0,
                    base: 2,
                },
            ],
        )
    "#]]
    .assert_debug_eq(&capacity(
        r#""capacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 2}]"#,
    ));
}

#[test]
fn a_token_hashes_everything_but_itself() {
    let hash = |members: &str| {
        let run = asked(&format!(r#"{{"taskDefinition": "hello", {members}}}"#));
        run.client_token.expect("the request has a token").request_sha256
    };
    let plain = hash(r#""clientToken": "a""#);
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, hash(r#""clientToken": "b""#));
    assert_ne!(plain, hash(r#""clientToken": "a", "count": 1"#));
}

#[test]
fn a_fresh_answer_lacks_what_does_not_exist_yet() {
    let world = World::demo();
    let wanted = Resources { cpu_units: 256, memory_mib: 512, enis: 1, gpus: 0 };
    let reply = Reply::Tasks {
        tasks: vec![Arc::new(fresh_task(task_id(1)))],
        failures: vec![
            Failure::NoCapacity { wanted, refusals: [("RESOURCE:MEMORY".to_owned(), 3)].into() },
            Failure::NoCapacity { wanted, refusals: Default::default() },
            Failure::NoAddress,
        ],
    };
    expect_file!["golden/run_task.json"]
        .assert_eq(&command(&world, "RunTask", EVERYTHING).reply(&world, reply));
}

#[test]
fn a_conflict_names_the_tasks_of_the_token() {
    let world = World::demo();
    let refusal = Refusal::TokenConflict(vec![task_id(1), task_id(7)]);
    let fault = command(&world, "RunTask", EVERYTHING).refuse(&world, refusal);
    assert_eq!(fault.code(), "ConflictException");
    let members = gantry_wire::codec::json::to_string(fault.members().expect("it has resourceIds"));
    let arn = format!("arn:aws:ecs:us-east-1:123456789012:task/demo/{}", task_id(1));
    assert_eq!(members, format!(r#"{{"resourceIds":["{arn}"]}}"#));
}
