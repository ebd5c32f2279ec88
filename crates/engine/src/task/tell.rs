//! Facts → what is saved, reported and shown.

use super::Task;
use crate::action::Action;
use crate::container::Container;
use crate::record::{ContainerRecord, TaskRecord};
use crate::resource::Resource;
use gantry_model::NodeTime;
use gantry_model::status::{AttachmentStatus, ContainerStatus, DesiredStatus, TaskStatus};
use gantry_model::view::{AssignedTask, TaskReport};
use std::sync::Arc;

/// What others may see of a task on its node.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSeen {
    /// What was assigned.
    pub assigned: Arc<AssignedTask>,
    /// What is wanted.
    pub desired: DesiredStatus,
    /// How far it is.
    pub status: TaskStatus,
    /// When the first pull began.
    pub pull_started_at: Option<NodeTime>,
    /// When the last pull ended.
    pub pull_stopped_at: Option<NodeTime>,
    /// When its first essential container stopped.
    pub execution_stopped_at: Option<NodeTime>,
    /// Its containers, in the assignment's order.
    pub containers: Vec<ContainerSeen>,
}

/// What others may see of a container on its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSeen {
    /// How far it is.
    pub status: ContainerStatus,
    /// Its exit status.
    pub exit_code: Option<i32>,
    /// Digest of its image.
    pub image_digest: Option<String>,
    /// When it was made.
    pub created_at: Option<NodeTime>,
    /// When its program was executed.
    pub started_at: Option<NodeTime>,
    /// When it ended.
    pub finished_at: Option<NodeTime>,
}

impl Task {
    /// Saves what changed, does `actions`, and reports what changed: in this order.
    pub(crate) fn conclude(&mut self, actions: Vec<Action>, out: &mut Vec<Action>) {
        out.extend(self.save());
        out.extend(actions);
        let report = self.report();
        if self.reported.as_ref() != Some(&report) {
            self.reported = Some(report.clone());
            out.push(Action::Report(report));
        }
    }

    fn save(&mut self) -> Option<Action> {
        let record = self.record();
        let changed = self.journal.saved.as_ref() != Some(&record);
        if changed {
            self.journal.revision += 1;
            self.journal.saved = Some(record.clone());
        }
        let revision = self.journal.revision;
        for container in self.containers.iter_mut().filter(|container| container.has_ended()) {
            container.recorded_in.get_or_insert(revision);
        }
        let durable = self.needs_durability() && self.journal.requested < revision;
        if durable {
            self.journal.requested = revision;
        }
        (changed || durable).then_some(Action::Save { record, revision, durable })
    }

    /// A task must be on disk before it starts, and the end of a container before the runtime forgets it.
    fn needs_durability(&self) -> bool {
        let young = self.status < TaskStatus::Running && self.journal.durable == 0;
        let unsafe_end = |container: &Container| container.has_ended() && !self.is_durable(container);
        !self.released && (young || self.containers.iter().any(unsafe_end))
    }

    pub(super) fn is_durable(&self, container: &Container) -> bool {
        container.recorded_in.is_some_and(|revision| revision <= self.journal.durable)
    }

    /// What must survive. Of a young task that is what was assigned and what has failed: all else is found again.
    fn record(&self) -> TaskRecord {
        let young = self.status < TaskStatus::Running;
        let facts = |container: &Container| {
            if young && !container.has_ended() { ContainerRecord::default() } else { container.facts.clone() }
        };
        TaskRecord {
            task: self.assigned.clone(),
            desired: self.desired,
            orphaned: self.orphaned,
            status: if young { TaskStatus::Provisioning } else { self.status },
            containers: self.containers.iter().map(facts).collect(),
            pull_started_at: self.times.pull_started.filter(|_| !young),
            pull_stopped_at: self.times.pull_stopped.filter(|_| !young),
            started_at: self.times.started,
            execution_stopped_at: self.times.execution_stopped,
            stopped_at: self.times.stopped,
            stop: self.stop.clone(),
            released: self.released,
        }
    }

    fn report(&self) -> TaskReport {
        TaskReport {
            task: self.id(),
            status: self.status,
            attachment: self.attachment(),
            containers: self.containers.iter().map(Container::report).collect(),
            pull_started_at: self.times.pull_started,
            pull_stopped_at: self.times.pull_stopped,
            started_at: self.times.started,
            execution_stopped_at: self.times.execution_stopped,
            stopped_at: self.times.stopped,
            stop: self.stop.clone(),
            released: self.released,
        }
    }

    fn attachment(&self) -> AttachmentStatus {
        match self.network {
            Resource::Absent { .. } | Resource::Making { .. } => AttachmentStatus::Attaching,
            Resource::Ready => AttachmentStatus::Attached,
            Resource::Leaving { .. } | Resource::Removing { .. } => AttachmentStatus::Detaching,
            Resource::Gone => AttachmentStatus::Deleted,
        }
    }

    pub(crate) fn seen(&self) -> TaskSeen {
        TaskSeen {
            assigned: self.assigned.clone(),
            desired: if self.must_stop() { DesiredStatus::Stopped } else { DesiredStatus::Running },
            status: self.status,
            pull_started_at: self.times.pull_started,
            pull_stopped_at: self.times.pull_stopped,
            execution_stopped_at: self.times.execution_stopped,
            containers: self.containers.iter().map(Container::seen).collect(),
        }
    }
}
