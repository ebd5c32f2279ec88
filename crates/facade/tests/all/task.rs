//! Describing, listing and stopping tasks.

use crate::support::{World, answer, command, fresh_task, stopped_task, task_id};
use expect_test::{expect, expect_file};
use gantry_model::record::Task;
use gantry_model::record::task::{ContainerObserved, Observed};
use gantry_model::status::HealthStatus;
use gantry_orchestrator::command::{Command, Reply};
use std::sync::Arc;

/// The body of a request about tasks of `demo`.
fn about(ids: &[u8], include: &str) -> String {
    let ids: Vec<String> = ids.iter().map(|digit| task_id(*digit).to_string()).collect();
    format!(r#"{{"cluster": "demo", "tasks": {ids:?}, "include": [{include}]}}"#)
}

#[test]
fn describing_shows_everything_that_aws_fills_in() {
    let world = World::demo();
    for (digit, file) in [
        (1, expect_file!["golden/describe_tasks_fresh.json"]),
        (2, expect_file!["golden/describe_tasks_running.json"]),
        (3, expect_file!["golden/describe_tasks_stopped.json"]),
    ] {
        file.assert_eq(&answer(&world, "DescribeTasks", &about(&[digit], "\"TAGS\"")));
    }
}

#[test]
fn tags_are_shown_only_to_those_who_ask() {
    let shown = answer(&World::demo(), "DescribeTasks", &about(&[1], ""));
    assert!(shown.contains("\"tags\": []"), "{shown}");
}

#[test]
fn what_is_unknown_or_of_another_cluster_is_missing() {
    let world = World::demo();
    let body = format!(
        r#"{{"cluster": "old", "tasks": ["{}", "0123abcd-0123-0123-0123-0123456789ab", "arn:aws:ecs:us-east-1:123456789012:task/old/{}"]}}"#,
        task_id(1),
        "z".repeat(32)
    );
    expect![[r#"
        {
          "failures": [
            {
              "arn": "arn:aws:ecs:us-east-1:123456789012:task/old/11111111111111111111111111111111",
              "reason": "MISSING"
            },
            {
              "arn": "arn:aws:ecs:us-east-1:123456789012:task/old/0123abcd-0123-0123-0123-0123456789ab",
              "reason": "MISSING"
            },
            {
              "arn": "arn:aws:ecs:us-east-1:123456789012:task/old/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
              "reason": "MISSING"
            }
          ],
          "tasks": []
        }
    "#]]
    .assert_eq(&answer(&world, "DescribeTasks", &body));
}

#[test]
fn a_task_is_as_healthy_as_the_worst_of_its_essential_containers() {
    let health = |web, sidecar| {
        let container = |health| ContainerObserved { health, ..ContainerObserved::default() };
        let observed =
            Observed { containers: vec![container(web), container(sidecar)], ..Observed::default() };
        let world = World::demo().with(Task { observed, ..fresh_task(task_id(1)) });
        let shown: serde_json::Value =
            serde_json::from_str(&answer(&world, "DescribeTasks", &about(&[1], ""))).unwrap();
        shown["tasks"][0]["healthStatus"].as_str().unwrap().to_owned()
    };
    use HealthStatus::{Healthy, Unhealthy, Unknown};
    assert_eq!(health(Healthy, Unhealthy), "HEALTHY");
    assert_eq!(health(Unknown, Healthy), "UNKNOWN");
    assert_eq!(health(Unhealthy, Unknown), "UNHEALTHY");
}

#[test]
fn listing_filters() {
    let world = World::demo();
    let listed = |filter: &str| {
        let body = format!(r#"{{"cluster": "demo"{filter}}}"#);
        let shown: serde_json::Value = serde_json::from_str(&answer(&world, "ListTasks", &body)).unwrap();
        let arns = shown["taskArns"].as_array().unwrap().iter();
        arns.map(|arn| arn.as_str().unwrap().chars().last().unwrap()).collect::<String>()
    };
    for (filter, ids) in [
        ("", "12"),
        (r#", "desiredStatus": "RUNNING""#, "12"),
        (r#", "desiredStatus": "STOPPED""#, "3"),
        (r#", "desiredStatus": "PENDING""#, ""),
        (r#", "family": "hello""#, "12"),
        (r#", "family": "other""#, ""),
        (r#", "startedBy": "tester""#, "1"),
        (r#", "startedBy": "tester", "desiredStatus": "STOPPED""#, ""),
        (r#", "launchType": "FARGATE""#, "12"),
        (r#", "launchType": "EC2""#, ""),
        (r#", "daemonName": "logs""#, ""),
        (r#", "maxResults": 1"#, "1"),
    ] {
        assert_eq!(listed(filter), ids, "{filter}");
    }
}

#[test]
fn stopping_asks_and_answers_the_task() {
    let world = World::demo();
    let body = format!(
        r#"{{"cluster": "demo", "task": "arn:aws:ecs:us-east-1:123456789012:task/demo/{}", "reason": "enough"}}"#,
        task_id(2)
    );
    let stop = command(&world, "StopTask", &body);
    let Command::StopTask(asked) = &stop.command else { panic!("another command") };
    assert_eq!((asked.task, asked.reason.as_deref()), (task_id(2), Some("enough")));
    let stopped = stop.reply(&world, Reply::Task(Arc::new(stopped_task(task_id(2)))));
    expect_file!["golden/stop_task.json"].assert_eq(&stopped);
}
