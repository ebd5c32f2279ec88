//! Records on disk are read by later versions: their form is on record.

use crate::fixture::task;
use expect_test::expect_file;
use gantry_engine::{ContainerRecord, NodeRecord, RecordError, TaskRecord};
use gantry_model::NodeTime;
use gantry_model::status::{DesiredStatus, StopCode, TaskStatus};
use gantry_model::view::Occurrence;

fn record() -> TaskRecord {
    let container = ContainerRecord {
        ended: true,
        exit_code: Some(137),
        reason: Some("OutOfMemoryError: Container killed due to memory usage".into()),
        image_digest: Some("sha256:00".into()),
        stop_signal: Some(3),
        created_at: Some(NodeTime(3)),
        started_at: Some(NodeTime(4)),
        finished_at: Some(NodeTime(6)),
    };
    TaskRecord {
        task: task(1, "web"),
        desired: DesiredStatus::Running,
        orphaned: false,
        status: TaskStatus::Stopping,
        containers: vec![container],
        pull_started_at: Some(NodeTime(1)),
        pull_stopped_at: Some(NodeTime(2)),
        started_at: Some(NodeTime(5)),
        execution_stopped_at: Some(NodeTime(6)),
        stopped_at: None,
        stop: Some(Occurrence {
            code: StopCode::EssentialContainerExited,
            reason: "Essential container in task exited".into(),
        }),
        released: false,
    }
}

#[test]
fn a_task_record_keeps_its_form() {
    let text = record().to_text();
    expect_file!["./golden/task_record.json"].assert_eq(&text);
    assert_eq!(TaskRecord::from_text(&text).unwrap(), record());
}

#[test]
fn a_node_record_keeps_its_form() {
    let node = NodeRecord { installation: Some("a1b2".into()), generation: Some(17) };
    expect_file!["./golden/node_record.json"].assert_eq(&node.to_text());
    assert_eq!(NodeRecord::from_text(&node.to_text()).unwrap(), node);
}

#[test]
fn another_version_is_refused_by_name() {
    let text = record().to_text().replace("\"version\":1", "\"version\":2");
    let error = TaskRecord::from_text(&text).unwrap_err();
    assert!(matches!(error, RecordError::Version { found: 2 }), "{error}");
    assert!(matches!(TaskRecord::from_text("{"), Err(RecordError::Json(_))));
}
