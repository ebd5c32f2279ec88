//! One task: its facts, and what is derived from them.
//!
//! `observe` merges events into facts, `advance` asks the whole task what it needs next, `tell` says what is to be saved and
//! reported, `recover` begins anew after a restart. None of them trusts the order of events.

mod advance;
mod clean_up;
mod observe;
mod recover;
mod tell;

pub use tell::{ContainerSeen, TaskSeen};

use crate::container::Container;
use crate::limits::SIGTERM;
use crate::record::TaskRecord;
use crate::resource::Resource;
use gantry_model::status::{DesiredStatus, TaskStatus};
use gantry_model::view::{AssignedContainer, AssignedTask, Occurrence, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A task of the node.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    assigned: Arc<AssignedTask>,
    desired: DesiredStatus,
    orphaned: bool,
    status: TaskStatus,
    network: Resource,
    files: Resource,
    /// By the reference in the definition: one pull for containers of one image.
    images: BTreeMap<String, Image>,
    /// In the assignment's order.
    containers: Vec<Container>,
    times: Times,
    stop: Option<Occurrence>,
    /// Kill what still runs at this time, whatever its stop timeout says.
    kill_by: Option<NodeTime>,
    released: bool,
    journal: Journal,
    reported: Option<TaskReport>,
}

/// When things happened to a task.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    pull_started: Option<NodeTime>,
    pull_stopped: Option<NodeTime>,
    started: Option<NodeTime>,
    execution_stopped: Option<NodeTime>,
    stopped: Option<NodeTime>,
}

/// How far an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    Wanted,
    Pulling { until: NodeTime },
    Pulled,
    Failed,
}

/// What of a task is on disk.
#[derive(Debug, Clone, Default)]
struct Journal {
    saved: Option<TaskRecord>,
    /// Counts what was saved.
    revision: u64,
    /// The last revision that was asked to survive the host …
    requested: u64,
    /// … and the last that does.
    durable: u64,
}

impl Task {
    /// A task that nobody has done anything for.
    pub(crate) fn new(assigned: Arc<AssignedTask>, desired: DesiredStatus) -> Self {
        Self {
            images: assigned
                .containers
                .iter()
                .map(|container| (container.image.clone(), Image::Wanted))
                .collect(),
            containers: assigned.containers.iter().map(|_| Container::new()).collect(),
            assigned,
            desired,
            orphaned: false,
            status: TaskStatus::Provisioning,
            network: Resource::ABSENT,
            files: Resource::ABSENT,
            times: Times::default(),
            stop: None,
            kill_by: None,
            released: false,
            journal: Journal::default(),
            reported: None,
        }
    }

    pub(crate) fn id(&self) -> TaskId {
        self.assigned.id
    }

    pub(crate) fn assigned(&self) -> &Arc<AssignedTask> {
        &self.assigned
    }

    /// Whether neither side needs to know it any more.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.orphaned && self.released
    }

    /// The control plane wants this of it; a task that was told to stop never runs again.
    pub(crate) fn want(&mut self, desired: DesiredStatus) {
        self.desired = self.desired.max(desired);
        // Whoever tells us of the task has not seen that it is over: say it again.
        self.reported = None;
    }

    /// The control plane knows it no more.
    pub(crate) fn orphan(&mut self) {
        self.orphaned = true;
        self.desired = DesiredStatus::Stopped;
    }

    /// It may never run twice, and its node's lease ends.
    pub(crate) fn lease_ends(&mut self, kill_by: NodeTime) {
        if self.status < TaskStatus::Deprovisioning {
            let kill_by = self.kill_by.map_or(kill_by, |earlier| earlier.min(kill_by));
            self.kill_by = Some(kill_by);
            self.containers.iter_mut().for_each(|container| container.kill_by(kill_by));
            if !self.must_stop() {
                self.stop = Some(crate::text::lease_ended());
            }
        }
    }

    /// A new session has not heard of it.
    pub(crate) fn report_again(&mut self) {
        self.reported = None;
    }

    fn must_stop(&self) -> bool {
        self.desired == DesiredStatus::Stopped || self.stop.is_some()
    }

    /// Each container with what was assigned.
    fn pairs(&mut self) -> impl Iterator<Item = (&AssignedContainer, &mut Container)> {
        self.assigned.containers.iter().zip(&mut self.containers)
    }

    fn container(&mut self, name: &str) -> Option<&mut Container> {
        self.pairs().find(|(assigned, _)| assigned.name == name).map(|(_, container)| container)
    }

    fn stop_signal(container: &Container) -> i32 {
        container.facts.stop_signal.unwrap_or(SIGTERM)
    }

    /// When time alone may change what to do. What is due already was done, or waits for something else.
    pub(crate) fn wake(&self, now: NodeTime) -> Option<NodeTime> {
        let images = self.images.values().filter_map(|image| match image {
            Image::Pulling { until } => Some(*until),
            Image::Wanted | Image::Pulled | Image::Failed => None,
        });
        let own = self.network.wake().into_iter().chain(self.files.wake());
        let containers = self.containers.iter().flat_map(Container::wakes);
        own.chain(images).chain(containers).filter(|at| *at > now).min()
    }
}
