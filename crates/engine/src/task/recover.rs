//! A task after a restart of the agent: facts from its record, and what the runtime still holds.

use super::{Image, Task, Times};
use crate::container::{Container, Run};
use crate::event::Found;
use crate::record::TaskRecord;
use crate::resource::Resource;
use crate::text::ContainerError;
use gantry_model::NodeTime;
use std::collections::BTreeMap;

impl Task {
    /// What the record says. The task does nothing before [`Task::recover`].
    pub(crate) fn restore(record: TaskRecord, now: NodeTime) -> Self {
        let record = earlier(record, now);
        let mut task = Self::new(record.task.clone(), record.desired);
        task.orphaned = record.orphaned;
        task.status = record.status;
        task.times = Times {
            pull_started: record.pull_started_at,
            pull_stopped: record.pull_stopped_at,
            started: record.started_at,
            execution_stopped: record.execution_stopped_at,
            stopped: record.stopped_at,
        };
        task.stop.clone_from(&record.stop);
        task.released = record.released;
        task.containers = record.containers.iter().cloned().map(Container::from_record).collect();
        task.containers.resize_with(task.assigned.containers.len(), Container::new);
        task.journal.saved = Some(record);
        task.journal.revision = 1;
        task
    }

    /// Takes hold of what is there. What was being made, started or removed is so once more.
    pub(crate) fn recover(&mut self, same_boot: bool, found: &BTreeMap<String, Found>, now: NodeTime) {
        if self.released {
            self.network = Resource::Gone;
            self.files = Resource::Gone;
            self.containers.iter_mut().for_each(|container| container.hold = Resource::Gone);
            return;
        }
        self.images.values_mut().for_each(|image| *image = Image::Wanted);
        for (assigned, container) in self.pairs() {
            take_hold(container, same_boot, found.get(&assigned.name), now);
        }
    }
}

fn take_hold(container: &mut Container, same_boot: bool, found: Option<&Found>, now: NodeTime) {
    if found.is_some() {
        container.hold = Resource::Ready;
    }
    match (container.run, found) {
        (Run::Ended, _) | (Run::Running, Some(Found::Running)) | (Run::Waiting, Some(Found::Created)) => {}
        (Run::Waiting | Run::Starting { .. }, Some(Found::Running)) => container.started(now),
        (Run::Waiting | Run::Starting { .. } | Run::Running, Some(Found::Ended(exit))) => {
            // The runtime says whether it ever ran; here it may not be known yet that it was started.
            container.start(now);
            container.exited(exit.clone(), now);
        }
        (Run::Waiting | Run::Starting { .. }, None) if same_boot => {}
        (Run::Waiting | Run::Starting { .. } | Run::Running, None) if !same_boot => {
            container.fail(&ContainerError::HostRestarted, now);
        }
        (Run::Waiting | Run::Starting { .. } | Run::Running, None)
        | (Run::Starting { .. } | Run::Running, Some(Found::Created)) => {
            container.fail(&ContainerError::Vanished, now)
        }
    }
}

/// A machine that was booted counts its time from the start: what was before is as old as can be told.
fn earlier(mut record: TaskRecord, now: NodeTime) -> TaskRecord {
    let own = [
        &mut record.pull_started_at,
        &mut record.pull_stopped_at,
        &mut record.started_at,
        &mut record.execution_stopped_at,
        &mut record.stopped_at,
    ];
    let containers = record.containers.iter_mut();
    let theirs =
        containers.flat_map(|facts| [&mut facts.created_at, &mut facts.started_at, &mut facts.finished_at]);
    for time in own.into_iter().chain(theirs).flatten() {
        *time = (*time).min(now);
    }
    record
}
