//! What people read of a journal, as text.

use super::history::events;
use super::text::history as text;
use crate::api::History;
use gantry_model::cause::{Actor, Cause};
use gantry_model::change::{Change, JournalEntry, Step};
use gantry_model::record::task::{ContainerIdentity, ContainerObserved, TaskSpec};
use gantry_model::record::{RecordKey, Task};
use gantry_model::status::{ContainerStatus, DesiredStatus, StopCode, TaskStatus};
use gantry_model::{NodeId, TaskId, Timestamp};
use std::sync::Arc;

fn task(first: u8) -> Task {
    let containers = vec![ContainerIdentity { name: "web".into(), ..Default::default() }];
    let spec = TaskSpec { containers, ..TaskSpec::default() };
    let mut task = Task { id: TaskId([first; 16]), spec: Arc::new(spec), version: 1, ..Task::default() };
    task.observed.containers = vec![ContainerObserved::default()];
    task
}

fn entry(seq: u64, actor: Actor, action: &str, notes: &[&str], changes: Vec<Change>) -> JournalEntry {
    let notes = notes.iter().map(|note| (*note).to_owned()).collect();
    let cause = Cause { actor, action: action.into(), request: None, notes };
    let steps = vec![Step { cause, entropy: String::new(), changes }];
    JournalEntry { seq, at: Timestamp(seq as i64 * 1000), epoch: 1, steps }
}

fn life() -> Vec<JournalEntry> {
    let (made, neighbour) = (task(0x1a), task(0x2b));
    let root = || Actor::Principal("arn:aws:iam::123456789012:root".into());
    let node = || Actor::Node(NodeId([7; 16]));
    let mut running = Task { version: 2, ..made.clone() };
    running.observed.status = TaskStatus::Running;
    running.observed.containers[0].status = ContainerStatus::Running;
    let mut quiet = Task { version: 2, ..running.clone() };
    quiet.observed.connectivity_at = Some(Timestamp(5));
    let mut told = Task { version: 3, ..quiet.clone() };
    told.desired.status = DesiredStatus::Stopped;
    told.desired.stop_code = Some(StopCode::UserInitiated);
    told.desired.stopped_reason = Some("lunch".into());
    let mut ended = Task { version: 4, ..told.clone() };
    ended.observed.status = TaskStatus::Stopped;
    ended.observed.containers[0].status = ContainerStatus::Stopped;
    ended.observed.containers[0].exit_code = Some(143);
    ended.observed.released = true;
    let both = vec![Change::Put(made.into()), Change::Put(neighbour.into())];
    let notes = [
        "task 1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a placed on n",
        "task 2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b placed on n",
    ];
    vec![
        entry(1, root(), "ecs:RunTask", &notes, both),
        entry(2, node(), "node:report", &[], vec![Change::Put(running.into())]),
        entry(3, node(), "node:report", &[], vec![Change::Put(quiet.into())]),
        entry(4, root(), "ecs:StopTask", &[], vec![Change::Put(told.into())]),
        entry(5, node(), "node:report", &[], vec![Change::Put(ended.into())]),
        entry(6, root(), "ecs:RunTask", &["no node fits (cpu: 1)"], vec![]),
    ]
}

fn namer(_: NodeId) -> Option<String> {
    Some("n".into())
}

#[test]
fn the_history_of_a_task_tells_who_did_what_to_it() {
    let id = TaskId([0x1a; 16]);
    let about = |change: &Change| change.key() == RecordKey::Task(id);
    let events = events(&life(), Some(&about), &namer);
    let expected = "\
1970-01-01T00:00:01Z  ecs:RunTask  arn:aws:iam::123456789012:root
    task default/1a1a1a1a was made from default:0 in cluster default
    task 1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a placed on n
1970-01-01T00:00:02Z  node:report  node n
    container web: RUNNING
    task default/1a1a1a1a: PROVISIONING → RUNNING
1970-01-01T00:00:04Z  ecs:StopTask  arn:aws:iam::123456789012:root
    task default/1a1a1a1a is to stop (UserInitiated): lunch
1970-01-01T00:00:05Z  node:report  node n
    container web stopped with exit code 143 (SIGTERM)
    task default/1a1a1a1a: RUNNING → STOPPED
    task default/1a1a1a1a: its node holds nothing of it any more
";
    assert_eq!(text(&History { events, more: false }), expected);
}

#[test]
fn the_history_of_everything_tells_refusals_as_well() {
    let last = events(&life(), None, &namer).pop().unwrap();
    assert_eq!((last.number, last.notes.len(), last.changes.len()), (6, 1, 0));
}
