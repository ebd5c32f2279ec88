//! The commit loop: nothing is shown before it is durable, and a failed commit loses no ticket.

use crate::harness::{Plane, request};
use gantry_orchestrator::command::Command;
use gantry_orchestrator::command::ecs::CreateCluster;
use gantry_orchestrator::leader::{Input, Next};

fn create(name: &str) -> Input {
    let name = name.parse().expect("a name");
    Input::Request(request(Command::CreateCluster(CreateCluster { name, ..CreateCluster::default() })))
}

fn commit(next: Next<u64>) -> gantry_model::change::JournalEntry {
    match next {
        Next::Commit(entry) => entry,
        other @ (Next::Idle | Next::Release(_)) => panic!("something to commit: {other:?}"),
    }
}

#[test]
fn an_answer_that_changed_nothing_waits_for_the_root_it_rests_on() {
    let mut plane = Plane::new();
    plane.submit(create("a"));
    let first = commit(plane.begin());
    let again = plane.submit(create("a"));
    assert!(
        matches!(plane.begin(), Next::Idle),
        "the repetition has nothing to commit and nothing to show yet"
    );
    let released = plane.committed(first);
    assert!(released.replies.iter().any(|(ticket, _)| *ticket == again));
}

#[test]
fn two_batches_are_in_flight_and_no_more() {
    let mut plane = Plane::new();
    plane.submit(create("a"));
    let first = commit(plane.begin());
    plane.submit(create("b"));
    let second = commit(plane.begin());
    plane.submit(create("c"));
    assert!(matches!(plane.begin(), Next::Idle));
    let names = |plane: &Plane| plane.shown.clusters_after(&Default::default(), None).count();
    plane.committed(first);
    assert_eq!(names(&plane), 1, "only what is durable is shown");
    plane.committed(second);
    assert_eq!(names(&plane), 2);
}

#[test]
fn every_change_says_who_and_why() {
    let mut plane = Plane::new();
    plane.submit(create("a"));
    let entry = commit(plane.begin());
    let cause = &entry.steps[0].cause;
    assert_eq!(cause.action, "ecs:CreateCluster");
    assert!(cause.request.is_some());
    assert_eq!(entry.steps[0].entropy.len(), 64);
    plane.committed(entry);
}
