//! Clusters.

use crate::support::{World, answer, cluster, command, tags};
use expect_test::{expect, expect_file};
use gantry_model::record::Cluster;
use gantry_model::status::ClusterStatus;
use gantry_orchestrator::command::{Command, Reply};
use std::sync::Arc;

const EVERYTHING: &str = r#"{
    "clusterName": "web",
    "settings": [{"name": "containerInsights", "value": "enhanced"}],
    "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
    "serviceConnectDefaults": {"namespace": "internal"},
    "configuration": {
        "executeCommandConfiguration": {
            "kmsKeyId": "key-1", "logging": "OVERRIDE",
            "logConfiguration": {"cloudWatchLogGroupName": "exec", "s3EncryptionEnabled": true}
        },
        "managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": "key-2"}
    },
    "tags": [{"key": "team", "value": "blue"}, {"key": "bare"}]
}"#;

/// The record that the orchestrator makes of a CreateCluster.
fn made(world: &World, body: &str) -> Arc<Cluster> {
    let Command::CreateCluster(create) = command(world, "CreateCluster", body).command else {
        panic!("another command");
    };
    Arc::new(Cluster {
        settings: create.settings,
        capacity_providers: create.capacity_providers,
        default_strategy: create.default_strategy,
        service_connect_namespace: create.service_connect_namespace,
        configuration: create.configuration,
        tags: create.tags,
        ..cluster(create.name.as_str())
    })
}

#[test]
fn a_cluster_reads_back_as_it_was_made() {
    let world = World::empty();
    let cluster = made(&world, EVERYTHING);
    let created = command(&world, "CreateCluster", EVERYTHING).reply(&world, Reply::Cluster(cluster.clone()));
    expect_file!["golden/create_cluster.json"].assert_eq(&created);

    let world = world.with(cluster);
    let include = r#"{"clusters": ["web"], "include": ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]}"#;
    expect_file!["golden/describe_clusters_everything.json"].assert_eq(&answer(
        &world,
        "DescribeClusters",
        include,
    ));
}

#[test]
fn a_cluster_without_a_name_is_the_default_one() {
    let world = World::empty();
    let cluster = made(&world, "{}");
    assert_eq!(cluster.key.name.as_str(), "default");
    let created = command(&world, "CreateCluster", "{}").reply(&world, Reply::Cluster(cluster));
    expect_file!["golden/create_default_cluster.json"].assert_eq(&created);
}

#[test]
fn describing_shows_what_exists_and_lists_what_is_missing() {
    let world = World::demo();
    let body = r#"{"clusters": ["demo", "arn:aws:ecs:us-east-1:123456789012:cluster/old", "gone"]}"#;
    expect_file!["golden/describe_clusters.json"].assert_eq(&answer(&world, "DescribeClusters", body));
}

#[test]
fn describing_nothing_means_the_default_cluster() {
    let expected = expect![[r#"
        {
          "clusters": [],
          "failures": [
            {
              "arn": "arn:aws:ecs:us-east-1:123456789012:cluster/default",
              "reason": "MISSING"
            }
          ]
        }
    "#]];
    expected.assert_eq(&answer(&World::demo(), "DescribeClusters", "{}"));
    expected.assert_eq(&answer(
        &World::demo(),
        "DescribeClusters",
        r#"{"clusters": [], "include": ["NOPE"]}"#,
    ));
}

#[test]
fn listing_walks_the_active_clusters_page_by_page() {
    let names = ["alpha", "beta", "gamma"];
    let world = names.into_iter().fold(World::demo(), |world, name| world.with(cluster(name)));
    let first: serde_json::Value =
        serde_json::from_str(&answer(&world, "ListClusters", r#"{"maxResults": 3}"#)).unwrap();
    assert_eq!(first["clusterArns"].as_array().unwrap().len(), 3);
    let body = serde_json::json!({"maxResults": 3, "nextToken": first["nextToken"]}).to_string();
    expect![[r#"
        {
          "clusterArns": [
            "arn:aws:ecs:us-east-1:123456789012:cluster/gamma"
          ]
        }
    "#]]
    .assert_eq(&answer(&world, "ListClusters", &body));
}

#[test]
fn deleting_answers_the_cluster_without_its_tags_and_a_second_time_with_attachments() {
    let world = World::demo();
    let inactive = |name: &str| {
        let tags = tags(&[("team", "blue")]);
        Reply::Cluster(Arc::new(Cluster { status: ClusterStatus::Inactive, tags, ..cluster(name) }))
    };
    let first = command(&world, "DeleteCluster", r#"{"cluster": "demo"}"#).reply(&world, inactive("demo"));
    expect_file!["golden/delete_cluster.json"].assert_eq(&first);
    let again = command(&world, "DeleteCluster", r#"{"cluster": "old"}"#).reply(&world, inactive("old"));
    assert!(again.contains("\"attachments\": []"), "{again}");
}
