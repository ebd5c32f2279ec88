//! Sessions: who wins, what is asked again, what a lease does.

use crate::control::ControlPlane;
use crate::node::Node;
use crate::tasks::{id, run, task};
use gantry_agent::Ended;
use gantry_link::{Refused, RefusedBecause, ToAgent, ToServer};
use gantry_model::status::{StopCode, TaskStatus};
use gantry_model::view::AssignmentUpdate;
use gantry_runtime::api::Phase;

#[tokio::test]
async fn an_agent_that_is_superseded_stops_acting_and_stops_nothing() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (mut agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    let refused =
        Refused { because: RefusedBecause::Superseded, text: "a newer session of this node exists".into() };
    session.say(ToAgent::Refused(refused.clone())).await;
    assert_eq!(agent.ended().await, Ended::Superseded(refused.text));
    assert!(matches!(agent.containers()[0].phase, Phase::Running(_)));
}

#[tokio::test]
async fn the_control_plane_of_another_installation_is_not_obeyed() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (mut agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    drop(session);
    control.installation = "other".into();
    let _session = control.session().await;
    assert_eq!(agent.ended().await, Ended::OtherInstallation("other".into()));
    assert!(matches!(agent.containers()[0].phase, Phase::Running(_)));
}

#[tokio::test]
async fn a_gap_is_asked_about_and_an_old_update_is_refused() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    control.generation = 10;
    control.assign(&session, Vec::new()).await;
    session.until_said(ToServer::Applied { generation: 11 }).await;
    let update =
        |generation, base| AssignmentUpdate { generation, base, put: Vec::new(), remove: Vec::new() };
    session.say(ToAgent::Assignments(update(13, Some(12)))).await;
    session.until_said(ToServer::Resync).await;
    session.say(ToAgent::Assignments(update(5, None))).await;
    session.until_said(ToServer::Applied { generation: 11 }).await;
}

#[tokio::test]
async fn a_task_that_may_run_once_is_stopped_before_its_lease_ends() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    control.lease_ms = 600;
    let (agent, mut session) = node.start(&mut control).await;
    let mut once = task(1, &["serve"]);
    once.at_most_one = true;
    control.assign(&session, vec![run(&once), run(&task(2, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    session.until(id(2), "running", |report| report.status == TaskStatus::Running).await;
    session.hears = false;
    let report = session.until(id(1), "released", |report| report.released).await;
    assert_eq!(report.stop.expect("it was stopped").code, StopCode::InfrastructureHealth);
    let running = agent.containers();
    assert_eq!(running.len(), 1);
    assert_eq!(running[0].task_id, id(2).to_string());
    // The control plane that acknowledges no heartbeat is left for another connection.
    while session.hear().await.is_some() {}
    control.session().await;
}

#[tokio::test]
async fn an_agent_that_is_stopped_says_goodbye() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, mut session) = node.start(&mut control).await;
    let stopping = tokio::spawn(agent.stop(true));
    session.until_said(ToServer::Goodbye { restarting: true }).await;
    assert_eq!(session.hear().await, None);
    drop(session);
    assert_eq!(stopping.await.unwrap(), Ended::Stopped);
}

#[tokio::test]
async fn the_identity_is_told_as_it_was_configured() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, session) = node.start(&mut control).await;
    let told = &session.hello.node;
    assert_eq!((told.name.as_str(), told.cpu_architecture.as_str()), ("node-1", "X86_64"));
    assert_eq!((told.capacity.cpu_units, told.id), (2048, agent.node()));
}
