//! Operations on kinds of resources that do not exist yet.

use crate::support::{World, answer, fault, planned, task_id};
use expect_test::expect_file;
use gantry_facade::ecs::{Behaviour, unbuilt_operations};
use gantry_shapes::ecs::{ErrorCode, Operation};

/// The operations that work.
const BUILT: [Operation; 16] = [
    Operation::CreateCluster,
    Operation::DeleteCluster,
    Operation::DeregisterTaskDefinition,
    Operation::DescribeClusters,
    Operation::DescribeTaskDefinition,
    Operation::DescribeTasks,
    Operation::ListClusters,
    Operation::ListTagsForResource,
    Operation::ListTaskDefinitionFamilies,
    Operation::ListTaskDefinitions,
    Operation::ListTasks,
    Operation::RegisterTaskDefinition,
    Operation::RunTask,
    Operation::StopTask,
    Operation::TagResource,
    Operation::UntagResource,
];

/// A request that has every member which any unbuilt operation requires; members that one does not know are skipped.
const BODY: &str = r#"{
    "cluster": "demo", "service": "web", "services": ["web"], "taskSet": "ts", "primaryTaskSet": "ts", "scale": {},
    "serviceName": "web", "serviceArn": "a", "serviceDeploymentArn": "a", "serviceDeploymentArns": ["a"],
    "serviceRevisionArns": ["a"], "hookId": "h", "namespace": "n", "name": "containerInsights", "value": "enabled",
    "capacityProvider": "c", "capacityProviders": ["FARGATE", "mine"], "defaultCapacityProviderStrategy": [],
    "containerInstance": "i", "containerInstances": ["00000000000000000000000000000000"], "status": "ACTIVE",
    "attributes": [{"name": "a"}], "targetType": "container-instance", "command": "c", "interactive": true,
    "task": "t", "tasks": ["11111111111111111111111111111111", "77777777777777777777777777777777"],
    "protectionEnabled": true, "taskDefinition": "t", "taskDefinitions": ["t"], "settings": [],
    "daemonArn": "d", "daemonName": "d", "daemonTaskDefinition": "d", "daemonTaskDefinitionArn": "d",
    "daemonDeploymentArns": ["d"], "daemonRevisionArns": ["d"], "capacityProviderArns": [], "family": "f",
    "containerDefinitions": [{"image": "i", "name": "n"}], "gateway": "g", "gatewayRouteArn": "g",
    "infrastructureRoleArn": "r", "configuration": {}, "attachments": [], "containers": []
}"#;

/// [`BODY`] without the members of which some operation has another form.
fn body(operation: Operation) -> String {
    let mut body: serde_json::Value = serde_json::from_str(BODY).unwrap();
    let name = operation.as_str();
    let members = body.as_object_mut().unwrap();
    if name.starts_with("List") {
        members.remove("status");
    }
    body.to_string()
}

#[test]
fn every_operation_is_built_or_in_the_table() {
    let unbuilt = unbuilt_operations().iter().map(|row| row.operation);
    let mut known: Vec<Operation> = unbuilt.chain(BUILT).collect();
    known.sort();
    assert_eq!(known, Operation::ALL);
    assert!(unbuilt_operations().is_sorted_by_key(|row| row.operation));
}

#[test]
fn writes_are_refused_with_the_text_of_the_table() {
    let world = World::demo();
    for row in unbuilt_operations().iter().filter(|row| row.behaviour == Behaviour::Refused) {
        let fault = fault(&world, row.operation.as_str(), &body(row.operation));
        let expected = format!("{} is not supported: {}.", row.operation.as_str(), row.text);
        assert_eq!(fault.message(), Some(expected.as_str()));
        let unsupported = row.operation.errors().contains(&ErrorCode::UnsupportedFeatureException);
        assert_eq!(fault.code() == "UnsupportedFeatureException", unsupported, "{fault}");
    }
}

/// What each read answers, one after the other.
#[test]
fn reads_answer_as_on_an_empty_account() {
    let world = World::demo();
    let mut transcript = String::new();
    for row in unbuilt_operations().iter().filter(|row| row.behaviour == Behaviour::AsIfNoneExisted) {
        let name = row.operation.as_str();
        let answer = match planned(&world, name, &body(row.operation)) {
            Ok(_) => answer(&world, name, &body(row.operation)),
            Err(fault) => format!("{fault}\n"),
        };
        transcript += &format!("# {name}\n{answer}\n");
    }
    expect_file!["golden/unbuilt_reads.txt"].assert_eq(&transcript);
}

#[test]
fn effective_settings_come_in_pages_of_ten() {
    let world = World::empty();
    let read = |body: &str| -> serde_json::Value {
        serde_json::from_str(&answer(&world, "ListAccountSettings", body)).unwrap()
    };
    assert_eq!(read("{}")["settings"].as_array().unwrap().len(), 0);
    let first = read(r#"{"effectiveSettings": true}"#);
    let rest =
        read(&serde_json::json!({"effectiveSettings": true, "nextToken": first["nextToken"]}).to_string());
    let names = |page: &serde_json::Value| -> Vec<String> {
        page["settings"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (names(&first).len(), names(&rest)),
        (10, vec!["tagResourceAuthorization".to_owned(), "taskLongArnFormat".to_owned()])
    );
    assert!(rest.get("nextToken").is_none());
    let one = read(r#"{"effectiveSettings": true, "name": "guardDutyActivate"}"#);
    assert_eq!(one["settings"][0]["type"], "aws_managed");
}

#[test]
fn protection_is_for_tasks_of_services() {
    let body = format!(r#"{{"cluster": "demo", "tasks": ["{}", "{}"]}}"#, task_id(1), task_id(7));
    let shown = answer(&World::demo(), "GetTaskProtection", &body);
    assert!(shown.contains("TASK_NOT_VALID") && shown.contains("MISSING"), "{shown}");
}
