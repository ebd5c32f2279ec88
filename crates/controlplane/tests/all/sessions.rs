//! Sessions of nodes: assignments whole and as differences, reports, leases, two agents with one identity, streams.

use crate::harness::{Agent, Mode, World, seen, within};
use gantry_link::{RefusedBecause, StreamFrame, StreamHello, StreamRequest, ToAgent, ToServer, open_stream};
use gantry_model::status::{DesiredStatus, TaskStatus};
use gantry_model::{NodeId, TaskId};
use serde_json::json;

const NODE: NodeId = NodeId([7; 16]);

async fn status(world: &World, task: &str) -> String {
    let answer = world.ask("DescribeTasks", json!({"tasks": [task]})).await;
    answer["tasks"][0]["lastStatus"].as_str().unwrap_or("MISSING").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_goes_from_the_client_to_the_node_and_back() {
    let world = World::start().await;
    let (mut agent, whole) = Agent::join(&world.dialer).await;
    assert!(whole.put.is_empty());
    let tasks = world.run_tasks(2).await;
    let told = agent.assignments().await;
    assert_eq!(told.base, Some(whole.generation), "a difference to what was told before");
    let mut ids: Vec<String> = told.put.iter().map(|assignment| assignment.task.id.to_string()).collect();
    ids.sort();
    let mut expected = tasks.clone();
    expected.sort();
    assert_eq!(ids, expected);

    agent.report(1, vec![seen(&tasks[0], TaskStatus::Running)]).await;
    assert_eq!(status(&world, &tasks[0]).await, "RUNNING");
    world.ask("StopTask", json!({"task": tasks[0]})).await;
    let told = agent.assignments().await;
    assert_eq!(told.put.len(), 1, "only what changed is told");
    assert_eq!(
        (told.put[0].task.id.to_string(), told.put[0].desired),
        (tasks[0].clone(), DesiredStatus::Stopped)
    );
    agent.report(2, vec![seen(&tasks[0], TaskStatus::Stopped)]).await;
    assert_eq!(status(&world, &tasks[0]).await, "STOPPED");
    assert_eq!(agent.assignments().await.remove, [tasks[0].parse::<TaskId>().unwrap()]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_gap_everything_is_told_again() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.assignments().await;
    agent.say(ToServer::Resync).await;
    let whole = agent.assignments().await;
    assert_eq!((whole.base, whole.put.len()), (None, 1));

    drop(agent);
    let (_agent, whole) = Agent::join(&world.dialer).await;
    assert_eq!(whole.put[0].task.id.to_string(), tasks[0]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_agents_with_one_identity_the_newer_wins() {
    let world = World::start().await;
    let (mut older, _) = Agent::join(&world.dialer).await;
    let (mut newer, _) = Agent::join(&world.dialer).await;
    assert!(newer.welcome.session > older.welcome.session);
    assert_eq!(older.refused().await.because, RefusedBecause::Superseded);
    let tasks = world.run_tasks(1).await;
    assert_eq!(newer.assignments().await.put.len(), 1);
    newer.report(1, vec![seen(&tasks[0], TaskStatus::Running)]).await;
    assert_eq!(status(&world, &tasks[0]).await, "RUNNING");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_given_up_may_join_again() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.assignments().await;
    // Nothing is heard of the node: its lease ends by itself.
    let stopped = format!("tasks?name={}", tasks[0]);
    within("the lease to end", async {
        let mut after = 0;
        loop {
            let shown = world.platform(&format!("{stopped}&after={after}")).await.json();
            if shown["tasks"][0]["status"] == "STOPPED" {
                break;
            }
            after = shown["commits"].as_u64().unwrap();
        }
    })
    .await;
    agent.say(ToServer::Heartbeat { number: 1 }).await;
    assert_eq!(agent.refused().await.because, RefusedBecause::Unavailable);
    let (_agent, whole) = Agent::join(&world.dialer).await;
    assert_eq!(whole.put[0].desired, DesiredStatus::Stopped, "the old copy is to be stopped first");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_are_acknowledged_once_the_leader_has_noted_them() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    for number in 1..=20 {
        agent.say(ToServer::Heartbeat { number }).await;
    }
    let mut last = 0;
    while last < 20 {
        match agent.next().await {
            Some(ToAgent::HeartbeatAck { number }) => {
                assert!(number > last, "acknowledgements go forward");
                last = number;
            }
            other => panic!("no acknowledgement: {other:?}"),
        }
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_acknowledged_only_when_it_is_durable() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.assignments().await;
    world.switch(Mode::Full);
    let report = seen(&tasks[0], TaskStatus::Running);
    agent
        .say(ToServer::Report(gantry_model::view::NodeReport {
            sequence: 1,
            sent_at: gantry_model::NodeTime(0),
            tasks: vec![report],
        }))
        .await;
    // A heartbeat behind it is answered although the report cannot be.
    agent.say(ToServer::Heartbeat { number: 1 }).await;
    loop {
        match agent.next().await {
            Some(ToAgent::HeartbeatAck { number: 1 }) => break,
            Some(ToAgent::Assignments(_)) => {}
            other => panic!("acknowledged too early: {other:?}"),
        }
    }
    assert_ne!(status(&world, &tasks[0]).await, "RUNNING");
    world.switch(Mode::Fine);
    loop {
        match agent.next().await {
            Some(ToAgent::ReportAck { sequence: 1 }) => break,
            Some(ToAgent::Assignments(_)) => {}
            other => panic!("not acknowledged: {other:?}"),
        }
    }
    assert_eq!(status(&world, &tasks[0]).await, "RUNNING");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_are_streamed_from_the_node_line_by_line() {
    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.assignments().await;
    let (session, dialer) = (agent.welcome.session, world.dialer.clone());
    let node = tokio::spawn(async move {
        let Some(ToAgent::OpenStream { stream, request }) = agent.next().await else {
            panic!("no stream is asked for")
        };
        assert!(
            matches!(&request, StreamRequest::Logs { container, tail_lines: Some(2), .. } if container == "web")
        );
        let hello = StreamHello { node: NODE, session, stream };
        let link = open_stream(dialer.dial().await.unwrap(), hello).await.unwrap();
        for data in ["one\ntw", "o\n"] {
            link.sender.send(StreamFrame::Stdout { time_ms: 0, data: data.into() }).await.unwrap();
        }
        link.sender.send(StreamFrame::Stderr { time_ms: 0, data: b"oops".to_vec() }).await.unwrap();
        link.sender.send(StreamFrame::End).await.unwrap();
        agent
    });
    let answer = world.platform("logs?name=hello&tail=2").await;
    let _agent = within("the node", node).await.unwrap();
    let lines: Vec<(String, String)> = answer
        .body
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| (line["stream"].as_str().unwrap().into(), line["line"].as_str().unwrap().into()))
        .collect();
    let expected = [("stdout", "one"), ("stdout", "two"), ("stderr", "oops")];
    assert_eq!(
        lines,
        expected.map(|(stream, line)| (stream.to_owned(), line.to_owned())),
        "{answer:?} {tasks:?}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exec_carries_frames_both_ways() {
    use gantry_controlplane::frames;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let world = World::start().await;
    let (mut agent, _) = Agent::join(&world.dialer).await;
    let tasks = world.run_tasks(1).await;
    agent.assignments().await;
    agent.report(1, vec![seen(&tasks[0], TaskStatus::Running)]).await;
    let (session, dialer) = (agent.welcome.session, world.dialer.clone());
    let node = tokio::spawn(async move {
        let stream = loop {
            match agent.next().await {
                Some(ToAgent::OpenStream { stream, .. }) => break stream,
                Some(_) => {}
                None => panic!("closed"),
            }
        };
        let hello = StreamHello { node: NODE, session, stream };
        let mut link = open_stream(dialer.dial().await.unwrap(), hello).await.unwrap();
        let Ok(Some(StreamFrame::Stdin(data))) = link.receiver.recv().await else { panic!("no input") };
        link.sender.send(StreamFrame::Stdout { time_ms: 0, data }).await.unwrap();
        link.sender.send(StreamFrame::Exit { code: 3 }).await.unwrap();
        agent
    });
    let body = json!({"task": "hello", "command": ["cat"]}).to_string();
    let request = crate::harness::RawRequest::post("/_gantry/exec").header("connection", "upgrade");
    let request = request.header("upgrade", "gantry-exec").body(body).signed(&world.key, "gantry");
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    stream.write_all(request.head().as_bytes()).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
    stream.write_all(&request.body).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within("the head", stream.read_u8()).await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    frames::write(&mut stream, &StreamFrame::Stdin(b"hello".to_vec())).await.unwrap();
    let echoed = within("output", frames::read(&mut stream)).await.unwrap();
    assert_eq!(echoed, Some(StreamFrame::Stdout { time_ms: 0, data: b"hello".to_vec() }));
    assert_eq!(
        within("the end", frames::read(&mut stream)).await.unwrap(),
        Some(StreamFrame::Exit { code: 3 })
    );
    within("the node", node).await.unwrap();
    world.stop().await;
}
