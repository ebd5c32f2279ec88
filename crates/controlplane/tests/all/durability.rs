//! Nothing is shown before it is durable, and a store that cannot commit stops writes only.

use crate::harness::{LIMIT, Mode, World, within};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn clusters(world: &World) -> Vec<String> {
    let answer = world.ask("ListClusters", json!({})).await;
    let arns = answer["clusterArns"].as_array().unwrap().iter();
    arns.map(|arn| arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

fn named(name: &str) -> Value {
    json!({"clusterName": name})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_restart() {
    let mut world = World::start().await;
    for number in 0..3 {
        world.ask("CreateCluster", named(&format!("c{number}"))).await;
        world = world.restart().await;
        assert_eq!(clusters(&world).await.len(), number + 1);
    }
    let history = world.platform("history?name=c0").await.json();
    assert_eq!(history["events"][0]["action"], "ecs:CreateCluster", "{history}");
    assert_eq!(history["events"][0]["actor"], "arn:aws:iam::123456789012:root", "{history}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_is_not_shown_while_the_disk_is_silent() {
    let world = World::start().await;
    world.switch(Mode::Stuck);
    let begun = Instant::now();
    let answer = world.call("CreateCluster", named("slow")).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "ServerException"), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "answered after {:?}", begun.elapsed());
    assert!(clusters(&world).await.is_empty(), "nothing is shown before it is durable");
    world.switch(Mode::Fine);
    until_written(&world, "next").await;
    let shown = clusters(&world).await;
    assert!(shown.contains(&"slow".to_owned()), "the disk took it in the end: {shown:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_commit_stops_writes_only_and_recovers_by_itself() {
    let mut world = World::start().await;
    world.ask("CreateCluster", named("before")).await;
    for mode in [Mode::Full, Mode::Broken] {
        world.switch(mode);
        for _ in 0..3 {
            let begun = Instant::now();
            let answer = world.call("CreateCluster", named("lost")).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (500, "ServerException"),
                "{mode:?} {answer:?}"
            );
            assert!(begun.elapsed() < Duration::from_secs(5), "answered after {:?}", begun.elapsed());
        }
        assert_eq!(
            world.send(crate::harness::RawRequest::get("/_gantry/health")).await.json()["status"],
            "read-only"
        );
        assert!(clusters(&world).await.contains(&"before".to_owned()), "reads go on");
        assert!(!clusters(&world).await.contains(&"lost".to_owned()));
        world.switch(Mode::Fine);
        until_written(&world, &format!("after-{mode:?}")).await;
        assert_eq!(
            world.send(crate::harness::RawRequest::get("/_gantry/health")).await.json()["status"],
            "ok"
        );
    }
    world = world.restart().await;
    assert_eq!(clusters(&world).await, ["after-Broken", "after-Full", "before"]);
    world.stop().await;
}

/// A client that tries again until it is served, as SDKs do.
async fn until_written(world: &World, name: &str) {
    within("the store to recover", async {
        while world.call("CreateCluster", named(name)).await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_at_once_are_all_answered_and_all_kept() {
    let world = std::sync::Arc::new(World::start().await);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let world = world.clone();
        writers.spawn(async move {
            for number in 0..25 {
                world.ask("CreateCluster", named(&format!("w{writer}-{number}"))).await;
            }
        });
    }
    tokio::time::timeout(LIMIT, writers.join_all()).await.unwrap();
    let mut found = 0;
    let mut token = Value::Null;
    loop {
        let page = world.ask("ListClusters", json!({"maxResults": 100, "nextToken": token})).await;
        found += page["clusterArns"].as_array().unwrap().len();
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(found, 200);
}
