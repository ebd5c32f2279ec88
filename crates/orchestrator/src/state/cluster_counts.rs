//! How many tasks of a cluster run, and how many will.

use gantry_model::record::Task;
use gantry_model::status::{DesiredStatus, LaunchType, TaskStatus};

/// Counts of a cluster's tasks, as DescribeClusters shows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// RUNNING.
    pub running: u32,
    /// PROVISIONING, PENDING and ACTIVATING.
    pub pending: u32,
    /// RUNNING on Fargate.
    pub running_fargate: u32,
    /// PROVISIONING, PENDING and ACTIVATING on Fargate.
    pub pending_fargate: u32,
    /// PROVISIONING.
    pub provisioning: u32,
    /// Not STOPPED.
    pub active: u32,
}

impl TaskCounts {
    /// The counts with those of others.
    pub(super) fn plus(self, other: Self) -> Self {
        self.map(other, |a, b| a + b)
    }

    /// The counts without those of others.
    pub(super) fn minus(self, other: Self) -> Self {
        self.map(other, |a, b| a - b)
    }

    fn map(self, other: Self, f: impl Fn(u32, u32) -> u32) -> Self {
        Self {
            running: f(self.running, other.running),
            pending: f(self.pending, other.pending),
            running_fargate: f(self.running_fargate, other.running_fargate),
            pending_fargate: f(self.pending_fargate, other.pending_fargate),
            provisioning: f(self.provisioning, other.provisioning),
            active: f(self.active, other.active),
        }
    }

    /// What one task counts.
    pub(super) fn of(task: &Task) -> Self {
        let status = task.observed.status;
        let running = u32::from(status == TaskStatus::Running);
        let waiting = status < TaskStatus::Running && task.desired.status == DesiredStatus::Running;
        let fargate = u32::from(task.spec.launch_type == Some(LaunchType::Fargate));
        Self {
            running,
            pending: u32::from(waiting),
            running_fargate: running * fargate,
            pending_fargate: u32::from(waiting) * fargate,
            provisioning: u32::from(status == TaskStatus::Provisioning),
            active: u32::from(status != TaskStatus::Stopped),
        }
    }
}
