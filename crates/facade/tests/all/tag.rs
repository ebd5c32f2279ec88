//! Tags by ARN.

use crate::support::{World, answer, command, tags, task_id};
use expect_test::expect;
use gantry_model::status::ClusterStatus;
use gantry_orchestrator::command::ecs::{TagResource, Taggable};
use gantry_orchestrator::command::{Command, Refusal, Reply};

const ACCOUNT: &str = "arn:aws:ecs:us-east-1:123456789012";

#[test]
fn adding_and_removing_name_their_resource() {
    let world = World::demo();
    let id = task_id(1);
    let add = command(
        &world,
        "TagResource",
        &format!(r#"{{"resourceArn": "{ACCOUNT}:task/demo/{id}", "tags": [{{"key": "a", "value": "1"}}]}}"#),
    );
    let resource = Taggable::Task("demo".parse().unwrap(), id);
    assert_eq!(add.command, Command::TagResource(TagResource { resource, tags: tags(&[("a", "1")]) }));
    assert_eq!(add.reply(&world, Reply::Done), "{}\n");

    let remove = command(
        &world,
        "UntagResource",
        &format!(r#"{{"resourceArn": "{ACCOUNT}:task-definition/hello:1", "tagKeys": ["a"]}}"#),
    );
    let Command::UntagResource(asked) = &remove.command else { panic!("another command") };
    assert_eq!(asked.resource, Taggable::TaskDefinition("hello".parse().unwrap(), 1));
    assert_eq!(asked.keys, ["a"]);
}

#[test]
fn listing_shows_the_tags_of_each_kind() {
    let world = World::demo();
    for (resource, key) in [
        ("cluster/demo".to_owned(), "team"),
        (format!("task/demo/{}", task_id(1)), "job"),
        ("task-definition/hello:1".to_owned(), "tier"),
    ] {
        let shown =
            answer(&world, "ListTagsForResource", &format!(r#"{{"resourceArn": "{ACCOUNT}:{resource}"}}"#));
        assert!(shown.contains(&format!("\"key\": \"{key}\"")), "{resource}: {shown}");
    }
    let stopped = format!(r#"{{"resourceArn": "{ACCOUNT}:task/demo/{}"}}"#, task_id(3));
    expect![[r#"
        {
          "tags": []
        }
    "#]]
    .assert_eq(&answer(&world, "ListTagsForResource", &stopped));
}

#[test]
fn refusals_speak_of_the_resource() {
    let world = World::demo();
    let refused = |resource: &str, refusal: Refusal| {
        let body = format!(r#"{{"resourceArn": "{ACCOUNT}:{resource}", "tags": []}}"#);
        command(&world, "TagResource", &body).refuse(&world, refusal).to_string()
    };
    let task = format!("task/demo/{}", task_id(1));
    for (resource, refusal, expected) in [
        (
            "cluster/old",
            Refusal::ClusterInactive,
            "InvalidParameterException: The specified cluster is inactive. Specify an active cluster and try again.",
        ),
        ("cluster/gone", Refusal::ClusterNotFound, "ClusterNotFoundException: Cluster not found."),
        (
            task.as_str(),
            Refusal::TaskStopped,
            "InvalidParameterException: The specified task is stopped. Specify a running task and try again.",
        ),
        (
            task.as_str(),
            Refusal::ResourceNotFound,
            "InvalidParameterException: The specified task does not exist. Specify a valid task and try again.",
        ),
        (
            "task-definition/a:1",
            Refusal::ResourceNotFound,
            "ClientException: The specified task definition does not exist. Specify a valid account, family, revision and try again.",
        ),
        (
            "task-definition/a:1",
            Refusal::TaskDefinitionInactive,
            "ClientException: The specified task definition is inactive. Specify an active task definition and try again.",
        ),
        (
            "task-definition/a:1",
            Refusal::TagQuota(50),
            "ClientException: A resource can have at most 50 tags.",
        ),
        (
            "cluster/demo",
            Refusal::TagQuota(50),
            "InvalidParameterException: A resource can have at most 50 tags.",
        ),
        (
            "cluster/demo",
            Refusal::NotCommitted,
            "ServerException: Service Unavailable. Please try again later.",
        ),
    ] {
        assert_eq!(refused(resource, refusal), expected, "{resource}");
    }
}

#[test]
fn an_inactive_cluster_says_so_when_its_tags_are_read() {
    let world = World::demo();
    let old = world
        .state
        .clusters_after(&crate::support::scope(), None)
        .find(|c| c.status == ClusterStatus::Inactive);
    assert_eq!(old.map(|cluster| cluster.key.name.as_str()), Some("old"));
    let fault = crate::support::fault(
        &world,
        "ListTagsForResource",
        &format!(r#"{{"resourceArn": "{ACCOUNT}:cluster/old"}}"#),
    );
    assert_eq!(
        fault.message(),
        Some("The specified cluster is inactive. Specify an active cluster and try again.")
    );
}
