//! Leases: disconnected is not dead, and the newest session wins.

use crate::harness::{NODE, Plane, seen};
use gantry_model::record::NodeStatus;
use gantry_model::status::{DesiredStatus, StopCode, TaskStatus};
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::leader::Input;
use gantry_orchestrator::{LEASE_MS, LOST_NODE_RETENTION_MS, NodeInput, RESTART_HOLD_MS};

fn status(plane: &Plane) -> Option<NodeStatus> {
    plane.shown.node(NODE).map(|node| node.status)
}

#[test]
fn a_lease_ends_and_its_tasks_with_it() {
    let mut plane = Plane::new();
    plane.register();
    let id = plane.run(1)[0].id;
    plane.report(1, vec![seen(id, TaskStatus::Running)]).expect("heard");
    plane.pass_ms(LEASE_MS - 1);
    assert_eq!(status(&plane), Some(NodeStatus::Active));
    plane.pass_ms(1);
    assert_eq!(status(&plane), Some(NodeStatus::Lost));
    let task = plane.task(id).clone();
    assert_eq!(
        (task.observed.status, task.desired.stop_code),
        (TaskStatus::Stopped, Some(StopCode::InfrastructureHealth))
    );
    assert!(task.holds_resources(), "its address is not given away while the node may still use it");
    assert_eq!(plane.report(1, vec![seen(id, TaskStatus::Running)]), Err(Refusal::StaleSession));

    let session = plane.join(NODE, 4096, 8192);
    assert_eq!(plane.view().put[0].desired, DesiredStatus::Stopped, "a node that returns stops its old copy");
    plane.report(session, vec![seen(id, TaskStatus::Stopped)]).expect("heard");
    assert!(!plane.task(id).holds_resources());
}

#[test]
fn a_node_that_stays_away_is_forgotten() {
    let mut plane = Plane::new();
    plane.register();
    let id = plane.run(1)[0].id;
    plane.pass_ms(LEASE_MS + LOST_NODE_RETENTION_MS);
    assert_eq!(status(&plane), None);
    assert!(plane.shown.task(id).is_none(), "its task stopped more than an hour ago");
}

#[test]
fn an_announced_restart_holds_the_lease() {
    let mut plane = Plane::new();
    plane.ask(Input::Node(NodeInput::Left { node: NODE, session: 1, restarting: true })).expect("heard");
    plane.pass_ms(RESTART_HOLD_MS - 1);
    assert_eq!(status(&plane), Some(NodeStatus::Active));
    plane.pass_ms(1);
    assert_eq!(status(&plane), Some(NodeStatus::Lost));
}

#[test]
fn a_new_leader_grants_a_fresh_lease() {
    let mut plane = Plane::new();
    plane.pass_ms(LEASE_MS - 1);
    plane.restart();
    plane.pass_ms(LEASE_MS - 1);
    assert_eq!(status(&plane), Some(NodeStatus::Active));
}

#[test]
fn the_newest_session_wins() {
    let mut plane = Plane::new();
    assert_eq!(plane.join(NODE, 4096, 8192), 2);
    assert_eq!(plane.report(1, vec![]), Err(Refusal::StaleSession));
    let left = plane.ask(Input::Node(NodeInput::Left { node: NODE, session: 1, restarting: false }));
    assert_eq!(left, Err(Refusal::StaleSession), "the older session's end does not disconnect the newer");
    assert!(plane.shown.contact(NODE).expect("heard of").connected);
}
