//! Tasks from assignment to oblivion.

use crate::control::ControlPlane;
use crate::node::Node;
use crate::tasks::{id, run, stop, task};
use gantry_link::ToServer;
use gantry_model::status::{AttachmentStatus, ContainerStatus, StopCode, TaskStatus};
use std::fs;

#[tokio::test]
async fn a_task_runs_stops_and_leaves_nothing_but_its_output() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, mut session) = node.start(&mut control).await;
    let task1 = task(1, &["print hello", "serve"]);
    let mut containers = task1.clone();
    containers.containers[0].essential = false;
    control.assign(&session, vec![run(&containers)]).await;
    session.until_said(ToServer::Applied { generation: 1 }).await;
    let running = session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    assert_eq!(running.attachment, AttachmentStatus::Attached);
    assert!(running.pull_started_at <= running.pull_stopped_at && running.started_at.is_some());
    assert!(running.containers[1].image_digest.as_ref().is_some_and(|digest| digest.starts_with("sha256:")));
    let hosts = node.data().join(format!("scratch/{}/hosts", id(1)));
    assert!(fs::read_to_string(&hosts).unwrap().contains("172.31.1.1 ip-172-31-1-1.ec2.internal"));

    control.assign(&session, vec![stop(&containers)]).await;
    let stopped = session.until(id(1), "released", |report| report.released).await;
    assert_eq!((stopped.status, stopped.attachment), (TaskStatus::Stopped, AttachmentStatus::Deleted));
    let codes: Vec<_> = stopped.containers.iter().map(|container| container.exit_code).collect();
    assert_eq!(codes, [Some(0), Some(143)]);
    assert_eq!(stopped.stop, None, "the control plane knows why");
    assert!(stopped.execution_stopped_at.is_some() && stopped.stopped_at.is_some());

    control.assign(&session, Vec::new()).await;
    session.until_said(ToServer::Applied { generation: 3 }).await;
    assert_eq!((agent.containers().len(), node.network.attached()), (0, 0));
    assert!(!hosts.exists());
    assert!(node.data().join(format!("logs/{}/c1", id(1))).exists());
    agent.stop(false).await;
    assert_eq!(fs::read_dir(node.data().join("tasks")).unwrap().count(), 0);
}

#[tokio::test]
async fn statuses_come_in_the_order_of_ecs() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["exit 3"]))]).await;
    let stopped = session.until(id(1), "released", |report| report.released).await;
    let stop = stopped.stop.expect("it stopped by itself");
    assert_eq!(stop.code, StopCode::EssentialContainerExited);
    assert_eq!(stop.reason, "Essential container in task exited");
    assert_eq!(stopped.containers[0].exit_code, Some(3));
    let order: Vec<_> =
        session.history.iter().map(|(_, status)| status.parse::<TaskStatus>().unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[tokio::test]
async fn failures_have_the_words_of_aws() {
    let script = r#"{"images": {"gantry/hello:v1": {"create_error": "no space left on device"}}}"#;
    let (node, mut control) = (Node::with_script(script), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    let mut missing = task(1, &["serve"]);
    missing.containers[0].image = "no/such:1".into();
    let unstartable = task(2, &["no-such"]);
    let mut uncreatable = task(3, &["serve"]);
    uncreatable.containers[0].image = "gantry/hello:v1".into();
    let greedy = task(4, &["eat-memory"]);
    control.assign(&session, [&missing, &unstartable, &uncreatable, &greedy].map(run).into()).await;
    for (number, code, task_reason, container_reason) in [
        (
            1,
            StopCode::TaskFailedToStart,
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
             docker.io/no/such:1: docker.io/no/such:1: not found",
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
             docker.io/no/such:1: docker.io/no/such:1: not found",
        ),
        (
            2,
            StopCode::TaskFailedToStart,
            "Task failed to start",
            "CannotStartContainerError: exec: \"no-such\": executable file not found in $PATH",
        ),
        (
            3,
            StopCode::TaskFailedToStart,
            "Task failed to start",
            "CannotCreateContainerError: cannot make the container: no space left on device",
        ),
        (
            4,
            StopCode::EssentialContainerExited,
            "Essential container in task exited",
            "OutOfMemoryError: Container killed due to memory usage",
        ),
    ] {
        let report = session.until(id(number), "released", |report| report.released).await;
        let stop = report.stop.expect("it stopped by itself");
        assert_eq!((stop.code, stop.reason.as_str()), (code, task_reason));
        assert_eq!(report.containers[0].reason.as_deref(), Some(container_reason));
        assert_eq!(report.containers[0].exit_code, (number == 4).then_some(137));
    }
}

#[tokio::test]
async fn a_task_that_is_slow_to_stop_holds_up_nobody() {
    let script = r#"{"images": {"gantry/hello:v1": {"stop_ms": null}}}"#;
    let (node, mut control) = (Node::with_script(script), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    let mut deaf = task(1, &["serve"]);
    deaf.containers[0].image = "gantry/hello:v1".into();
    deaf.containers[0].stop_timeout_s = 2;
    control.assign(&session, vec![run(&deaf)]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    control.assign(&session, vec![stop(&deaf), run(&task(2, &["exit 0"]))]).await;
    session.until(id(2), "released", |report| report.released).await;
    assert_eq!(session.reports[&id(1)].status, TaskStatus::Stopping);
    let killed = session.until(id(1), "released", |report| report.released).await;
    assert_eq!(
        (killed.containers[0].status, killed.containers[0].exit_code),
        (ContainerStatus::Stopped, Some(137))
    );
}

#[tokio::test]
async fn a_burst_of_tasks_all_run() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    let tasks: Vec<_> = (1..=60).map(|number| task(number, &["serve"])).collect();
    control.assign(&session, tasks.iter().map(run).collect()).await;
    for number in 1..=60 {
        session.until(id(number), "running", |report| report.status == TaskStatus::Running).await;
    }
    control.assign(&session, tasks.iter().map(stop).collect()).await;
    for number in 1..=60 {
        session.until(id(number), "released", |report| report.released).await;
    }
}
