//! Statuses. Observed statuses are ordered and only move forward; [`TaskStatus::advance`] is the one rule.
//!
//! ```text
//! PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED
//!       └───────────┴───────────┴─────── a task that fails to start skips to DEACTIVATING ───┘
//! ```

use crate::planted::{Bug, suffers};

text_enum! {
    /// The life of a task, in order (Amazon ECS developer guide, "Task lifecycle states").
    pub enum TaskStatus {
        Provisioning = "PROVISIONING",
        Pending = "PENDING",
        Activating = "ACTIVATING",
        Running = "RUNNING",
        Deactivating = "DEACTIVATING",
        Stopping = "STOPPING",
        Deprovisioning = "DEPROVISIONING",
        Stopped = "STOPPED",
    }

    /// What the control plane wants of a task.
    pub enum DesiredStatus { Running = "RUNNING", Stopped = "STOPPED" }

    /// The life of a container, in order.
    pub enum ContainerStatus { Pending = "PENDING", Running = "RUNNING", Stopped = "STOPPED" }

    /// Health of a container or task.
    pub enum HealthStatus { Unknown = "UNKNOWN", Healthy = "HEALTHY", Unhealthy = "UNHEALTHY" }

    /// The life of a task's network interface, in order.
    pub enum AttachmentStatus {
        Precreated = "PRECREATED",
        Created = "CREATED",
        Attaching = "ATTACHING",
        Attached = "ATTACHED",
        Detaching = "DETACHING",
        Detached = "DETACHED",
        Deleted = "DELETED",
    }

    /// Who or what stopped a task.
    pub enum StopCode {
        TaskFailedToStart = "TaskFailedToStart",
        EssentialContainerExited = "EssentialContainerExited",
        UserInitiated = "UserInitiated",
        ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
        SpotInterruption = "SpotInterruption",
        TerminationNotice = "TerminationNotice",
        InfrastructureHealth = "InfrastructureHealth",
    }

    /// The life of a cluster.
    pub enum ClusterStatus { Active = "ACTIVE", Inactive = "INACTIVE" }

    /// The life of a task definition.
    pub enum TaskDefinitionStatus {
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
    }

    /// How a task asks for capacity.
    pub enum LaunchType {
        Ec2 = "EC2",
        Fargate = "FARGATE",
        External = "EXTERNAL",
        ManagedInstances = "MANAGED_INSTANCES",
    }

    /// Which network a task's containers see; bridge where a definition names none.
    pub enum NetworkMode { Bridge = "bridge", Host = "host", Awsvpc = "awsvpc", None = "none" }

    /// The transport of a port mapping.
    pub enum Transport { Tcp = "tcp", Udp = "udp" }
}

impl TaskStatus {
    /// The later of the two: an observed status never goes back.
    pub fn advance(self, reported: Self) -> Self {
        if suffers(Bug::StatusGoesBack) {
            return reported;
        }
        self.max(reported)
    }

    /// Whether the containers may still run.
    pub fn may_run(self) -> bool {
        self < Self::Deprovisioning
    }
}
