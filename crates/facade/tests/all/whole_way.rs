//! From a client's JSON through the real orchestrator and back.

use crate::support::Installation;
use serde_json::{Value, json};

const HELLO: &str = r#"{
    "family": "hello", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
    "containerDefinitions": [{"name": "web", "image": "gantry/hello"}]
}"#;

/// An installation with a node, the cluster `demo` and the definition `hello:1`.
fn ready() -> Installation {
    let mut gantry = Installation::with_node();
    gantry.call("CreateCluster", r#"{"clusterName": "demo"}"#).unwrap();
    gantry.call("RegisterTaskDefinition", HELLO).unwrap();
    gantry
}

/// A RunTask of `hello` on Fargate in the default subnets.
fn run(gantry: &Installation, more: &str) -> String {
    let network = format!(r#"{{"awsvpcConfiguration": {{"subnets": {}}}}}"#, gantry.subnets());
    format!(
        r#"{{"cluster": "demo", "taskDefinition": "hello", "launchType": "FARGATE", "networkConfiguration": {network}{more}}}"#
    )
}

fn arns(answer: &Value) -> Vec<&str> {
    let tasks = answer["tasks"].as_array().expect("RunTask answers tasks");
    tasks.iter().map(|task| task["taskArn"].as_str().expect("a task has an ARN")).collect()
}

#[test]
fn a_cluster_lives_is_repeated_and_dies() {
    let mut gantry = Installation::new();
    let demo = r#"{"clusterName": "demo", "tags": [{"key": "a", "value": "1"}]}"#;
    let made = gantry.call("CreateCluster", demo).unwrap();
    assert_eq!(gantry.call("CreateCluster", demo).unwrap(), made);
    assert_eq!(gantry.call("CreateCluster", r#"{"clusterName": "demo"}"#).unwrap(), made);
    let other = gantry.call("CreateCluster", r#"{"clusterName": "demo", "tags": [{"key": "b"}]}"#);
    assert!(
        other.unwrap_err().starts_with("InvalidParameterException: Arguments on this idempotent request")
    );

    let deleted = gantry.call("DeleteCluster", r#"{"cluster": "demo"}"#).unwrap();
    assert_eq!(deleted["cluster"]["status"], "INACTIVE");
    assert_eq!(gantry.call("ListClusters", "{}").unwrap(), json!({"clusterArns": []}));
    let described = gantry.call("DescribeClusters", r#"{"clusters": ["demo"]}"#).unwrap();
    assert_eq!(described["clusters"][0]["status"], "INACTIVE");
}

#[test]
fn tasks_run_are_found_and_stop() {
    let mut gantry = ready();
    let answer = gantry.call("RunTask", &run(&gantry, r#", "count": 2, "startedBy": "me""#)).unwrap();
    assert_eq!((arns(&answer).len(), &answer["failures"]), (2, &json!([])));
    assert_eq!(answer["tasks"][0]["lastStatus"], "PROVISIONING");

    let mut listed: Vec<Value> =
        gantry.call("ListTasks", r#"{"cluster": "demo"}"#).unwrap()["taskArns"].as_array().unwrap().clone();
    let mut made: Vec<Value> = arns(&answer).into_iter().map(Value::from).collect();
    listed.sort_by_key(Value::to_string);
    made.sort_by_key(Value::to_string);
    assert_eq!(listed, made);

    let refused = gantry.call("DeleteCluster", r#"{"cluster": "demo"}"#).unwrap_err();
    assert_eq!(
        refused,
        "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active."
    );

    let task = format!(r#"{{"cluster": "demo", "task": "{}"}}"#, arns(&answer)[0]);
    let stopped = gantry.call("StopTask", &task).unwrap();
    assert_eq!(stopped["task"]["desiredStatus"], "STOPPED");
    assert_eq!(stopped["task"]["stoppedReason"], "Task stopped by user");
    assert_eq!(stopped["task"]["stopCode"], "UserInitiated");
    let running = gantry.call("ListTasks", r#"{"cluster": "demo"}"#).unwrap();
    assert_eq!(running["taskArns"].as_array().unwrap().len(), 1);
}

#[test]
fn a_token_answers_the_same_tasks_and_refuses_another_request() {
    let mut gantry = ready();
    let body = run(&gantry, r#", "clientToken": "once""#);
    let first = gantry.call("RunTask", &body).unwrap();
    let again = gantry.call("RunTask", &body).unwrap();
    assert_eq!(arns(&first), arns(&again));
    let other = gantry.call("RunTask", &run(&gantry, r#", "clientToken": "once", "count": 2"#)).unwrap_err();
    assert!(other.starts_with("ConflictException: The RunTask request could not be processed"), "{other}");
}

#[test]
fn without_a_node_running_is_a_failure_and_not_an_error() {
    let mut gantry = Installation::new();
    gantry.call("CreateCluster", r#"{"clusterName": "demo"}"#).unwrap();
    gantry.call("RegisterTaskDefinition", HELLO).unwrap();
    let answer = gantry.call("RunTask", &run(&gantry, "")).unwrap();
    assert_eq!(answer["tasks"], json!([]));
    let reason = answer["failures"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("Capacity is unavailable at this time."), "{reason}");
}

#[test]
fn what_the_state_does_not_have_is_refused() {
    let mut gantry = ready();
    let awsvpc = |subnet: &str| format!(r#"{{"awsvpcConfiguration": {{"subnets": ["{subnet}"]}}}}"#);
    for (body, expected) in [
        (
            r#"{"cluster": "gone", "taskDefinition": "hello"}"#.to_owned(),
            "ClusterNotFoundException: Cluster not found.",
        ),
        (
            r#"{"cluster": "demo", "taskDefinition": "gone"}"#.to_owned(),
            "ClientException: TaskDefinition not found.",
        ),
        (
            r#"{"cluster": "demo", "taskDefinition": "hello"}"#.to_owned(),
            "InvalidParameterException: No Container Instances were found in your cluster.",
        ),
        (
            r#"{"cluster": "demo", "taskDefinition": "hello", "launchType": "EC2"}"#.to_owned(),
            "InvalidParameterException: No Container Instances were found in your cluster.",
        ),
        (
            r#"{"cluster": "demo", "taskDefinition": "hello", "launchType": "FARGATE"}"#.to_owned(),
            "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            format!(
                r#"{{"cluster": "demo", "taskDefinition": "hello", "launchType": "FARGATE", "networkConfiguration": {}}}"#,
                awsvpc("subnet-x")
            ),
            "InvalidParameterException: Error retrieving subnet information for [subnet-x]: The subnet ID 'subnet-x' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
        ),
        (
            run(&gantry, r#", "overrides": {"containerOverrides": [{"name": "x"}]}"#),
            "InvalidParameterException: Override for container named x is not a container in the TaskDefinition.",
        ),
        (
            run(&gantry, r#", "overrides": {"cpu": "1 vCPU"}"#),
            "InvalidParameterException: No Fargate configuration exists for given values: 1024 CPU, 512 memory. See the Amazon ECS documentation for the valid values.",
        ),
    ] {
        assert_eq!(gantry.call("RunTask", &body).unwrap_err(), expected, "{body}");
    }
}

#[test]
fn tags_come_go_and_leave_with_the_task() {
    let mut gantry = ready();
    let answer = gantry.call("RunTask", &run(&gantry, r#", "enableECSManagedTags": true"#)).unwrap();
    let arn = arns(&answer)[0].to_owned();
    let listed = |gantry: &mut Installation| {
        let answer = gantry.call("ListTagsForResource", &json!({"resourceArn": arn}).to_string()).unwrap();
        let keys =
            answer["tags"].as_array().unwrap().iter().map(|tag| tag["key"].as_str().unwrap().to_owned());
        keys.collect::<Vec<_>>().join(" ")
    };
    let tags = json!([{"key": "b", "value": "2"}, {"key": "c"}]);
    gantry.call("TagResource", &json!({"resourceArn": arn, "tags": tags}).to_string()).unwrap();
    assert_eq!(listed(&mut gantry), "aws:ecs:clusterName b c");
    gantry.call("UntagResource", &json!({"resourceArn": arn, "tagKeys": ["b"]}).to_string()).unwrap();
    assert_eq!(listed(&mut gantry), "aws:ecs:clusterName c");
    gantry.call("StopTask", &json!({"cluster": "demo", "task": arn}).to_string()).unwrap();
    assert_eq!(listed(&mut gantry), "");
    let stopped = gantry.call("TagResource", &json!({"resourceArn": arn, "tags": tags}).to_string());
    assert_eq!(
        stopped.unwrap_err(),
        "InvalidParameterException: The specified task is stopped. Specify a running task and try again."
    );
}
