//! A task: what was asked (never changes), what is wanted (the control plane writes it) and what was seen (the node's
//! reports write it).

use crate::record::cluster::ClusterKey;
use crate::record::task_definition::TaskDefinitionKey;
use crate::status::{
    AttachmentStatus, ContainerStatus, DesiredStatus, HealthStatus, LaunchType, StopCode, TaskStatus,
};
use crate::{
    AttachmentId, ContainerId, EniId, NodeId, Resources, SecurityGroupId, SubnetId, Tags, TaskId, Timestamp,
    arn,
};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

record! {
    /// One task.
    pub struct Task {
        /// Which task.
        pub id: TaskId,
        /// What was asked.
        pub spec: Arc<TaskSpec>,
        /// What is wanted.
        pub desired: Desired,
        /// What was seen.
        pub observed: Observed,
        /// Tags; gone once the task stops, as on AWS.
        pub tags: Tags,
        /// AWS's `version`: counts the changes that a client can see.
        pub version: u64,
    }

    /// What was asked and chosen when the task was made.
    pub struct TaskSpec {
        /// Its cluster.
        pub cluster: ClusterKey,
        /// Its task definition.
        pub definition: TaskDefinitionKey,
        /// How it asked for capacity.
        pub launch_type: Option<LaunchType>,
        /// The capacity provider that a strategy chose.
        pub capacity_provider: Option<String>,
        /// `platformVersion`, resolved.
        pub platform_version: Option<String>,
        /// `group`; `family:NAME` when none was given.
        pub group: String,
        /// `startedBy`.
        pub started_by: Option<String>,
        /// `referenceId`.
        pub reference_id: Option<String>,
        /// CPU and memory of the task as shown, overrides applied.
        pub size: Resources,
        /// `overrides` as given.
        pub overrides: TaskOverrides,
        /// `ephemeralStorage` in GiB.
        pub ephemeral_storage_gib: u32,
        /// `enableExecuteCommand`.
        pub enable_execute_command: bool,
        /// Whether the task may never run twice, even where it is cut off (tag `gantry:at-most-one`).
        pub at_most_one: bool,
        /// The node that runs it.
        pub node: NodeId,
        /// The letter of its zone.
        pub zone: String,
        /// Its network interface; awsvpc only.
        pub eni: Option<Eni>,
        /// Ids of its containers, in the definition's order.
        pub containers: Vec<ContainerIdentity>,
        /// When it was made.
        pub created_at: Timestamp,
    }

    /// A container's ids.
    pub struct ContainerIdentity {
        /// `name` in the definition.
        pub name: String,
        /// The last part of its ARN.
        pub id: ContainerId,
        /// `runtimeId`: TASKID-NUMBER on Fargate.
        pub runtime_id: String,
    }

    /// A task's network interface, as the core chose it.
    pub struct Eni {
        /// Which interface.
        pub id: EniId,
        /// What joins it with the task.
        pub attachment: AttachmentId,
        /// Its subnet.
        pub subnet: SubnetId,
        /// Its security groups.
        pub security_groups: Vec<SecurityGroupId>,
        /// Its address, unique in the whole installation.
        pub address: Address,
        /// Its hardware address, such as `02:00:ac:1f:00:04`.
        pub mac: String,
    }

    /// `overrides` of a task.
    pub struct TaskOverrides {
        /// `cpu`, as text.
        pub cpu: Option<String>,
        /// `memory`, as text.
        pub memory: Option<String>,
        /// `taskRoleArn`.
        pub task_role_arn: Option<String>,
        /// `executionRoleArn`.
        pub execution_role_arn: Option<String>,
        /// `ephemeralStorage.sizeInGiB`.
        pub ephemeral_storage_gib: Option<u32>,
        /// `containerOverrides`, by the container's name.
        pub containers: BTreeMap<String, ContainerOverride>,
    }

    /// What an override changes in one container.
    pub struct ContainerOverride {
        /// `command`.
        pub command: Option<Vec<String>>,
        /// `environment`: added to the definition's, or replacing entries of the same name.
        pub environment: Option<Vec<(String, String)>>,
        /// `cpu`.
        pub cpu: Option<i32>,
        /// `memory`.
        pub memory: Option<i32>,
        /// `memoryReservation`.
        pub memory_reservation: Option<i32>,
    }

    /// What the control plane wants.
    pub struct Desired {
        /// RUNNING until something stops the task.
        pub status: DesiredStatus,
        /// When the task was told to stop, or was seen stopping.
        pub stopping_at: Option<Timestamp>,
        /// Who or what stopped it.
        pub stop_code: Option<StopCode>,
        /// Why, in AWS's words.
        pub stopped_reason: Option<String>,
    }

    /// What the node reported, in the leader's time.
    pub struct Observed {
        /// The task's status.
        pub status: TaskStatus,
        /// The status of its network interface.
        pub attachment: AttachmentStatus,
        /// Its containers, in the definition's order.
        pub containers: Vec<ContainerObserved>,
        /// When the node first took the task.
        pub connectivity_at: Option<Timestamp>,
        /// When the first pull began.
        pub pull_started_at: Option<Timestamp>,
        /// When the last pull ended.
        pub pull_stopped_at: Option<Timestamp>,
        /// When RUNNING was reached.
        pub started_at: Option<Timestamp>,
        /// When the first essential container stopped.
        pub execution_stopped_at: Option<Timestamp>,
        /// When STOPPED was reached.
        pub stopped_at: Option<Timestamp>,
        /// Whether the node holds nothing of the task any more: its address and capacity are free.
        pub released: bool,
    }

    /// What the node reported of one container.
    pub struct ContainerObserved {
        /// Its status.
        pub status: ContainerStatus,
        /// Exit code, 128 + number for a signal; absent when it never ran.
        pub exit_code: Option<i32>,
        /// `Name: text` of the first error.
        pub reason: Option<String>,
        /// Digest of the image.
        pub image_digest: Option<String>,
        /// Its health.
        pub health: HealthStatus,
    }
}

/// An IPv4 address; 0.0.0.0 when unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Address(pub Ipv4Addr);

impl Default for Address {
    fn default() -> Self {
        Self(Ipv4Addr::UNSPECIFIED)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Tasks that belong together, as placement spreads them: those of one `group` in one cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskGroup {
    /// Their cluster.
    pub cluster: ClusterKey,
    /// Their `group`.
    pub name: String,
}

impl TaskSpec {
    /// The tasks that this one belongs to.
    pub fn task_group(&self) -> TaskGroup {
        TaskGroup { cluster: self.cluster.clone(), name: self.group.clone() }
    }
}

impl Task {
    /// The task's ARN.
    pub fn arn(&self) -> String {
        arn::task(&self.spec.cluster.scope, &self.spec.cluster.name, self.id)
    }

    /// Whether the task still takes capacity and its address on its node.
    pub fn holds_resources(&self) -> bool {
        !self.observed.released
    }
}
