//! Tasks: made, placed, reported, stopped, forgotten.

use crate::harness::{NODE, Plane, default_cluster, run, seen, stop};
use gantry_model::quota::STOPPED_TASK_RETENTION_MS;
use gantry_model::status::{DesiredStatus, StopCode, TaskStatus};
use gantry_model::view::{Occurrence, TaskReport};
use gantry_model::{NodeTime, TaskId};
use gantry_orchestrator::command::ecs::{ClientToken, Failure, RunTask};
use gantry_orchestrator::command::{Command, Refusal, Reply};
use std::collections::BTreeSet;

#[test]
fn tasks_are_placed_in_their_own_transaction() {
    let mut plane = Plane::new();
    plane.register();
    let tasks = plane.run(3);
    let zones: BTreeSet<&str> = tasks.iter().map(|task| task.spec.zone.as_str()).collect();
    assert_eq!(zones.len(), 3, "zones take turns");
    assert!(
        tasks.iter().all(|task| task.observed.status == TaskStatus::Provisioning && task.spec.node == NODE)
    );
    let update = plane.view();
    assert_eq!(update.put.len(), 3);
    assert!(update.base.is_none());
}

#[test]
fn what_does_not_fit_is_a_failure_with_its_rules() {
    let mut plane = Plane::new();
    plane.register();
    assert_eq!(plane.run(10).len(), 10);
    let reply = plane.request(Command::RunTask(run(&plane.shown, 10)));
    let Ok(Reply::Tasks { tasks, failures }) = reply else { panic!("{reply:?}") };
    assert_eq!(tasks.len(), 6, "4 vCPU hold 16 quarters");
    let Failure::NoCapacity { refusals, .. } = &failures[0] else { panic!("{failures:?}") };
    assert_eq!(refusals.get("RESOURCE:CPU"), Some(&1));
}

#[test]
fn a_token_answers_the_same_tasks_and_refuses_another_request() {
    let mut plane = Plane::new();
    plane.register();
    let token = |sha: &str| Some(ClientToken { token: "t".into(), request_sha256: sha.into() });
    let with =
        |plane: &Plane, sha| Command::RunTask(RunTask { client_token: token(sha), ..run(&plane.shown, 1) });
    let first = plane.request(with(&plane, "a")).expect("runs");
    assert_eq!(plane.request(with(&plane, "a")), Ok(first));
    assert!(
        matches!(plane.request(with(&plane, "b")), Err(Refusal::TokenConflict(tasks)) if tasks.len() == 1)
    );
    plane.restart();
    plane.join(NODE, 4096, 8192);
    assert!(
        matches!(plane.request(with(&plane, "b")), Err(Refusal::TokenConflict(_))),
        "tokens survive a restart"
    );
}

#[test]
fn a_task_lives_and_is_forgotten_after_an_hour() {
    let mut plane = Plane::new();
    plane.register();
    let id = plane.run(1)[0].id;
    plane.report(1, vec![seen(id, TaskStatus::Running)]).expect("heard");
    assert_eq!(plane.shown.task_counts(&default_cluster()).running, 1);
    plane.request(stop(id)).expect("stops");
    let task = plane.task(id);
    assert_eq!((task.desired.status, task.observed.status), (DesiredStatus::Stopped, TaskStatus::Running));
    assert_eq!(task.desired.stop_code, Some(StopCode::UserInitiated));
    assert_eq!(task.desired.stopped_reason.as_deref(), Some("Task stopped by user"));
    plane.report(1, vec![seen(id, TaskStatus::Stopped)]).expect("heard");
    assert_eq!(plane.view().put, vec![], "nothing is left to do for the node");
    plane.pass_ms(STOPPED_TASK_RETENTION_MS - 1);
    assert!(plane.shown.task(id).is_some());
    plane.pass_ms(1);
    assert!(plane.shown.task(id).is_none());
}

#[test]
fn statuses_and_times_only_move_forward() {
    let mut plane = Plane::new();
    plane.register();
    plane.pass_ms(5000);
    let id = plane.run(1)[0].id;
    let started = |at| TaskReport { started_at: Some(NodeTime(at)), ..seen(id, TaskStatus::Running) };
    plane.report(1, vec![started(0)]).expect("heard");
    let task = plane.task(id).clone();
    assert_eq!(task.observed.started_at, Some(task.spec.created_at), "nothing starts before it was made");
    plane.report(1, vec![seen(id, TaskStatus::Pending)]).expect("heard");
    assert_eq!(plane.task(id).observed, task.observed);
    assert_eq!(plane.task(id).version, task.version, "an old report changes nothing");
}

#[test]
fn the_nodes_reason_becomes_the_tasks() {
    let mut plane = Plane::new();
    plane.register();
    let id = plane.run(1)[0].id;
    let stop = Occurrence {
        code: StopCode::EssentialContainerExited,
        reason: "Essential container in task exited".into(),
    };
    plane.report(1, vec![TaskReport { stop: Some(stop), ..seen(id, TaskStatus::Stopping) }]).expect("heard");
    let desired = &plane.task(id).desired;
    assert_eq!(desired.status, DesiredStatus::Stopped);
    assert_eq!(desired.stop_code, Some(StopCode::EssentialContainerExited));
    assert!(desired.stopping_at.is_some());
}

#[test]
fn unknown_things_are_refused() {
    let mut plane = Plane::new();
    assert_eq!(plane.request(stop(TaskId([3; 16]))), Err(Refusal::ClusterNotFound));
    assert_eq!(plane.request(Command::RunTask(run(&plane.shown, 1))), Err(Refusal::TaskDefinitionNotFound));
    plane.register();
    let mut command = run(&plane.shown, 1);
    command.network.as_mut().expect("given").subnets = vec!["subnet-1".into()];
    assert_eq!(plane.request(Command::RunTask(command)), Err(Refusal::SubnetNotFound("subnet-1".into())));
    plane.run(1);
    assert_eq!(plane.request(stop(TaskId([3; 16]))), Err(Refusal::TaskNotFound));
}
