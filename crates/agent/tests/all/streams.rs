//! Output and further processes.

use crate::control::{ControlPlane, Session, collect, soon, text};
use crate::node::Node;
use crate::tasks::{id, run, stop, task};
use gantry_link::{StreamFrame, StreamId, StreamRequest, ToAgent};
use gantry_model::status::TaskStatus;

fn logs(container: &str, follow: bool, tail_lines: Option<u64>) -> StreamRequest {
    StreamRequest::Logs { task: id(1), container: container.into(), follow, since_ms: None, tail_lines }
}

fn exec(container: &str, command: &[&str]) -> StreamRequest {
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    StreamRequest::Exec { task: id(1), container: container.into(), command, env: Vec::new(), tty: None }
}

/// A node with a task that has printed three lines and runs on.
async fn talking() -> (Node, ControlPlane, crate::node::Running, Session) {
    let node = Node::with_script(r#"{"images": {"gantry/hello": {"output": ["one", "two", "three"]}}}"#);
    let mut control = ControlPlane::new();
    let (agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    (node, control, agent, session)
}

#[tokio::test]
async fn output_is_read_while_the_container_runs_and_after_its_task_is_forgotten() {
    let (_node, mut control, _agent, mut session) = talking().await;
    for (tail, expected) in [(None, "one\ntwo\nthree\n"), (Some(2), "two\nthree\n"), (Some(0), "")] {
        let mut stream = control.stream(&mut session, logs("c1", false, tail)).await;
        let frames = collect(&mut stream).await;
        assert_eq!((text(&frames).as_str(), frames.last()), (expected, Some(&StreamFrame::End)));
    }
    control.assign(&session, Vec::new()).await;
    session.until(id(1), "released", |report| report.status >= TaskStatus::Deprovisioning).await;
    let mut stream = control.stream(&mut session, logs("c1", false, None)).await;
    assert_eq!(text(&collect(&mut stream).await), "one\ntwo\nthree\n");
}

#[tokio::test]
async fn output_is_followed_until_the_container_ends() {
    let (_node, mut control, _agent, mut session) = talking().await;
    let mut stream = control.stream(&mut session, logs("c1", true, Some(1))).await;
    let first = soon("output", stream.receiver.recv()).await.unwrap();
    assert!(
        matches!(&first, Some(StreamFrame::Stdout { data, time_ms }) if data == b"three\n" && *time_ms > 0),
        "{first:?}"
    );
    control.assign(&session, vec![stop(&task(1, &["serve"]))]).await;
    assert_eq!(collect(&mut stream).await, [StreamFrame::End]);
}

#[tokio::test]
async fn a_command_runs_in_a_container() {
    let (_node, mut control, _agent, mut session) = talking().await;
    let mut stream = control.stream(&mut session, exec("c1", &["print", "hi", "there"])).await;
    let frames = collect(&mut stream).await;
    assert_eq!((text(&frames).as_str(), frames.last()), ("hi there\n", Some(&StreamFrame::Exit { code: 0 })));
    let mut stream = control.stream(&mut session, exec("c1", &["exit", "5"])).await;
    assert_eq!(collect(&mut stream).await, [StreamFrame::Exit { code: 5 }]);
}

#[tokio::test]
async fn what_cannot_be_served_says_why() {
    let (_node, mut control, _agent, mut session) = talking().await;
    for (request, expected) in [
        (exec("c9", &["true"]), "the task has no container c9"),
        (
            exec("c1", &["no-such"]),
            "cannot run the command: exec: \"no-such\": executable file not found in $PATH",
        ),
        (logs("../..", false, None), "the task has no container ../.."),
    ] {
        let mut stream = control.stream(&mut session, request).await;
        assert_eq!(collect(&mut stream).await, [StreamFrame::Error { text: expected.into() }]);
    }
    let mut stream = control.stream(&mut session, logs("never", false, None)).await;
    assert_eq!(collect(&mut stream).await, [StreamFrame::End]);
}

#[tokio::test]
async fn a_stream_that_is_not_wanted_any_more_is_closed() {
    let (_node, mut control, _agent, mut session) = talking().await;
    let mut stream = control.stream(&mut session, logs("c1", true, Some(0))).await;
    session.say(ToAgent::CloseStream { stream: StreamId(1) }).await;
    assert_eq!(collect(&mut stream).await, []);
}
