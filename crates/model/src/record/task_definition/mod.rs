//! A task definition: a numbered revision of a family. Everything that AWS lets a user register is kept as it was given, so
//! that it reads back without a difference; what AWS fills in is filled in when it is shown.

mod container;
mod linux;
mod volume;

pub use container::*;
pub use linux::*;
pub use volume::*;

use crate::status::{NetworkMode, TaskDefinitionStatus};
use crate::{AccountRegion, Family, Tags, Timestamp, arn};
use serde::{Deserialize, Serialize};

/// Which revision of which family.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskDefinitionKey {
    /// Where it lives.
    pub scope: AccountRegion,
    /// Its family.
    pub family: Family,
    /// Counts from 1; a number is never used again.
    pub revision: u32,
}

impl TaskDefinitionKey {
    /// The revision's ARN.
    pub fn arn(&self) -> String {
        arn::task_definition(&self.scope, &self.family, self.revision)
    }
}

/// Which family.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FamilyKey {
    /// Where it lives.
    pub scope: AccountRegion,
    /// Its name.
    pub family: Family,
}

record! {
    /// A family: remembers its last number, so that revisions never repeat.
    pub struct FamilyRecord {
        /// Which family.
        pub key: FamilyKey,
        /// The last revision that was registered.
        pub last_revision: u32,
    }

    /// One revision. Members are AWS's, in Rust's spelling; `None` means that the user gave none.
    pub struct TaskDefinition {
        /// Which revision.
        pub key: TaskDefinitionKey,
        /// ACTIVE, INACTIVE or DELETE_IN_PROGRESS.
        pub status: TaskDefinitionStatus,
        /// When it was registered.
        pub registered_at: Timestamp,
        /// ARN of who registered it.
        pub registered_by: String,
        /// When it became INACTIVE.
        pub deregistered_at: Option<Timestamp>,
        /// When its deletion was asked for.
        pub delete_requested_at: Option<Timestamp>,
        /// What the user gave.
        pub content: std::sync::Arc<TaskDefinitionContent>,
        /// Tags.
        pub tags: Tags,
    }

    /// What the user gave to RegisterTaskDefinition.
    pub struct TaskDefinitionContent {
        /// `taskRoleArn`.
        pub task_role_arn: Option<String>,
        /// `executionRoleArn`.
        pub execution_role_arn: Option<String>,
        /// `networkMode`; bridge where it is absent.
        pub network_mode: Option<NetworkMode>,
        /// `containerDefinitions`, never empty.
        pub containers: Vec<ContainerDefinition>,
        /// `volumes`.
        pub volumes: Vec<Volume>,
        /// `placementConstraints`.
        pub placement_constraints: Vec<PlacementConstraint>,
        /// `requiresCompatibilities` as given.
        pub requires_compatibilities: Option<Vec<crate::status::LaunchType>>,
        /// `cpu` of the task, in units.
        pub cpu_units: Option<u32>,
        /// `memory` of the task, in MiB.
        pub memory_mib: Option<u32>,
        /// `pidMode`.
        pub pid_mode: Option<String>,
        /// `ipcMode`.
        pub ipc_mode: Option<String>,
        /// `proxyConfiguration`.
        pub proxy_configuration: Option<ProxyConfiguration>,
        /// `ephemeralStorage.sizeInGiB`.
        pub ephemeral_storage_gib: Option<u32>,
        /// `runtimePlatform`.
        pub runtime_platform: Option<RuntimePlatform>,
        /// `enableFaultInjection`.
        pub enable_fault_injection: Option<bool>,
        /// `trustedExecutionConfiguration`.
        pub trusted_execution: Option<TrustedExecution>,
    }

    /// `runtimePlatform`.
    pub struct RuntimePlatform {
        /// `cpuArchitecture`.
        pub cpu_architecture: Option<String>,
        /// `operatingSystemFamily`.
        pub operating_system_family: Option<String>,
    }

    /// `proxyConfiguration`.
    pub struct ProxyConfiguration {
        /// `type`.
        pub kind: Option<String>,
        /// `containerName`.
        pub container_name: String,
        /// `properties`.
        pub properties: Option<Vec<(Option<String>, Option<String>)>>,
    }

    /// `trustedExecutionConfiguration`.
    pub struct TrustedExecution {
        /// `isolationMode`.
        pub isolation_mode: String,
        /// `attestationPolicy`.
        pub attestation_policy: Option<String>,
    }

    /// A `placementConstraints` entry.
    pub struct PlacementConstraint {
        /// `type`.
        pub kind: Option<String>,
        /// `expression`.
        pub expression: Option<String>,
    }
}

impl TaskDefinition {
    /// The network mode that holds: AWS's default on Linux is bridge.
    pub fn network_mode(&self) -> NetworkMode {
        self.content.network_mode.unwrap_or(NetworkMode::Bridge)
    }
}
