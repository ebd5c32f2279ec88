//! The platform's own endpoints.

use crate::harness::{Agent, RawRequest, World, seen};
use gantry_model::status::{ContainerStatus, StopCode, TaskStatus};
use gantry_model::view::Occurrence;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_needs_no_signature_and_everything_else_does() {
    let world = World::start().await;
    let health = world.send(RawRequest::get("/_gantry/health")).await;
    assert_eq!((health.status, health.json()["status"].as_str()), (200, Some("ok")));
    assert_eq!(health.header("x-amzn-requestid").len(), 36);
    let status = world.send(RawRequest::get("/_gantry/status")).await;
    assert_eq!((status.status, status.code().as_str()), (400, "MissingAuthenticationTokenException"));
    let other = world.send(RawRequest::get("/_gantry/status").signed(&world.key, "ecs")).await;
    assert_eq!(other.code(), "InvalidSignatureException");
    assert_eq!(world.platform("nothing").await.status, 404);
    world.stop().await;

    // A page in a browser can post to an open installation, but cannot add a header.
    let world = World::open().await;
    let posted = world.send(RawRequest::post("/_gantry/reset")).await;
    assert_eq!(posted.code(), "MissingAuthenticationTokenException");
    assert_eq!(world.send(RawRequest::get("/_gantry/status")).await.status, 200);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_tells_how_a_task_ended_and_who_stopped_it() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(2).await;
    agent.report(1, tasks.iter().map(|task| seen(task, TaskStatus::Running)).collect()).await;

    let mut report = seen(&tasks[0], TaskStatus::Stopped);
    report.containers[0].status = ContainerStatus::Stopped;
    report.containers[0].exit_code = Some(137);
    report.containers[0].reason = Some("OutOfMemoryError: Container killed due to memory usage".into());
    let (code, reason) =
        (StopCode::EssentialContainerExited, "Essential container in task exited".to_owned());
    report.stop = Some(Occurrence { code, reason });
    agent.report(2, vec![report]).await;
    world.ask("StopTask", json!({"task": tasks[1], "reason": "lunch"})).await;
    drop(agent);

    let why = world.platform(&format!("why?name={}", tasks[0])).await.json();
    let verdict = why["verdict"].as_str().unwrap();
    for part in [
        "was stopped",
        "Essential container in task exited",
        "exit code 137 (SIGKILL)",
        "OutOfMemoryError",
        "node node-7",
    ] {
        assert!(verdict.contains(part), "{part}: {verdict}");
    }
    let why = world.platform(&format!("why?name=hello/{}", &tasks[1][..8])).await.json();
    let verdict = why["verdict"].as_str().unwrap();
    for part in ["is being stopped: lunch", "arn:aws:iam::123456789012:root", "ecs:StopTask"] {
        assert!(verdict.contains(part), "{part}: {verdict}");
    }
    let family = world.platform("history?name=hello").await.json();
    let changes = family["events"].to_string();
    assert!(changes.contains("was made from hello:1 in cluster default"), "{family}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_comes_in_pages_that_join() {
    let world = World::start().await;
    for number in 0..7 {
        world.ask("CreateCluster", json!({"clusterName": format!("c{number}")})).await;
    }
    let mut told = Vec::new();
    let mut before = String::new();
    loop {
        let page = world.platform(&format!("history?limit=3&before={before}")).await.json();
        let events = page["events"].as_array().unwrap().clone();
        before = events[0]["number"].to_string();
        told.splice(0..0, events);
        if page["more"] == false {
            break;
        }
    }
    let numbers: Vec<u64> = told.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>(), "the installation and seven clusters");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_and_tasks_show_what_there_is() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.report(1, vec![seen(&tasks[0], TaskStatus::Running)]).await;
    let status = world.platform("status").await.json();
    assert_eq!(status["tasks"], json!({"RUNNING": 1}));
    assert_eq!(status["nodes"][0]["connected"], true);
    assert_eq!(status["nodes"][0]["cpuUnits"], json!({"used": 256, "total": 16_384}));
    let listed = world.platform("tasks").await.json();
    assert_eq!(
        (&listed["tasks"][0]["id"], &listed["tasks"][0]["definition"]),
        (&json!(tasks[0]), &json!("hello:1"))
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_stops_everything_and_keeps_what_shells_have_exported() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    let network = world.platform("network").await.json();
    let stopper = tokio::spawn(async move {
        loop {
            let told = agent.assignments().await;
            if told
                .put
                .iter()
                .any(|assignment| assignment.desired == gantry_model::status::DesiredStatus::Stopped)
            {
                break;
            }
        }
        agent.report(1, vec![seen(&tasks[0], TaskStatus::Stopped)]).await;
        agent
    });
    let reset = world.send(RawRequest::post("/_gantry/reset").signed(&world.key, "gantry")).await;
    assert_eq!(reset.status, 200, "{reset:?}");
    let mut agent = stopper.await.unwrap();
    assert_eq!(world.platform("tasks?all=true").await.json()["tasks"], json!([]));
    assert_eq!(world.ask("ListClusters", json!({})).await["clusterArns"], json!([]));
    assert_eq!(world.platform("network").await.json(), network);
    let history = world.platform("history").await.json();
    assert_eq!(
        history["events"].as_array().unwrap().len(),
        1,
        "only the reset itself is remembered: {history}"
    );

    // The node's session goes on.
    world.run_tasks(1).await;
    while agent.assignments().await.put.is_empty() {}
    world.stop().await;
}
