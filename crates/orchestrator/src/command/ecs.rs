//! Commands of Amazon ECS.

use gantry_model::record::cluster::{ClusterConfiguration, StrategyItem};
use gantry_model::record::task::TaskOverrides;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_model::status::LaunchType;
use gantry_model::{ClusterName, Family, Resources, Tags, TaskId};
use std::collections::BTreeMap;

/// CreateCluster.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CreateCluster {
    /// Its name.
    pub name: ClusterName,
    /// `settings` as given.
    pub settings: BTreeMap<String, String>,
    /// `capacityProviders` as given.
    pub capacity_providers: Vec<String>,
    /// `defaultCapacityProviderStrategy` with base and weight filled in.
    pub default_strategy: Vec<StrategyItem>,
    /// `serviceConnectDefaults.namespace`.
    pub service_connect_namespace: Option<String>,
    /// `configuration`.
    pub configuration: Option<ClusterConfiguration>,
    /// `tags`.
    pub tags: Tags,
}

/// DeleteCluster.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteCluster {
    /// Its name.
    pub name: ClusterName,
}

/// RegisterTaskDefinition; the content is valid by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterTaskDefinition {
    /// The family that gets a revision.
    pub family: Family,
    /// What the user gave.
    pub content: TaskDefinitionContent,
    /// `tags`.
    pub tags: Tags,
}

/// A task definition as clients name it.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionName {
    /// The family.
    pub family: Family,
    /// The revision; `None` means the latest ACTIVE one.
    pub revision: Option<u32>,
}

/// DeregisterTaskDefinition.
#[derive(Debug, Clone, PartialEq)]
pub struct DeregisterTaskDefinition {
    /// The family.
    pub family: Family,
    /// The revision.
    pub revision: u32,
}

/// RunTask.
#[derive(Debug, Clone, PartialEq)]
pub struct RunTask {
    /// The cluster; `default` is made on demand.
    pub cluster: ClusterName,
    /// What to run.
    pub definition: DefinitionName,
    /// How many: 1 to [`gantry_model::quota::TASKS_PER_RUN`].
    pub count: usize,
    /// On what.
    pub capacity: Capacity,
    /// `platformVersion`, resolved; `None` when the client gave none.
    pub platform_version: Option<String>,
    /// `networkConfiguration.awsvpcConfiguration`.
    pub network: Option<Awsvpc>,
    /// `overrides`.
    pub overrides: TaskOverrides,
    /// The overrides' task size, where they give one.
    pub size_override: SizeOverride,
    /// `group`.
    pub group: Option<String>,
    /// `startedBy`.
    pub started_by: Option<String>,
    /// `referenceId`.
    pub reference_id: Option<String>,
    /// `tags`.
    pub tags: Tags,
    /// `propagateTags` is TASK_DEFINITION.
    pub propagate_definition_tags: bool,
    /// `enableECSManagedTags`.
    pub managed_tags: bool,
    /// `enableExecuteCommand`.
    pub enable_execute_command: bool,
    /// `clientToken` with the SHA-256 of the rest of the request in hexadecimal digits.
    pub client_token: Option<ClientToken>,
}

/// A size that replaces the definition's, member by member.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SizeOverride {
    /// CPU units.
    pub cpu_units: Option<u32>,
    /// MiB.
    pub memory_mib: Option<u32>,
}

/// A client token with what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientToken {
    /// The client's text.
    pub token: String,
    /// Hash of the request.
    pub request_sha256: String,
}

/// What a task asks to run on.
#[derive(Debug, Clone, PartialEq)]
pub enum Capacity {
    /// `launchType`.
    LaunchType(LaunchType),
    /// `capacityProviderStrategy`.
    Strategy(Vec<StrategyItem>),
    /// Neither: the cluster's default strategy, else EC2.
    ClusterDefault,
}

/// `awsvpcConfiguration`, as text: whether the ids exist is decided against the state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Awsvpc {
    /// Subnet ids, at least one.
    pub subnets: Vec<String>,
    /// Security group ids; empty means the VPC's default group.
    pub security_groups: Vec<String>,
    /// Whether a public address is asked for.
    pub assign_public_ip: bool,
}

/// StopTask.
#[derive(Debug, Clone, PartialEq)]
pub struct StopTask {
    /// Its cluster.
    pub cluster: ClusterName,
    /// Which task.
    pub task: TaskId,
    /// The client's reason, if any.
    pub reason: Option<String>,
}

/// What tags belong to.
#[derive(Debug, Clone, PartialEq)]
pub enum Taggable {
    /// A cluster.
    Cluster(ClusterName),
    /// A task.
    Task(ClusterName, TaskId),
    /// A revision of a task definition.
    TaskDefinition(Family, u32),
}

/// TagResource.
#[derive(Debug, Clone, PartialEq)]
pub struct TagResource {
    /// What gets the tags.
    pub resource: Taggable,
    /// The tags.
    pub tags: Tags,
}

/// UntagResource.
#[derive(Debug, Clone, PartialEq)]
pub struct UntagResource {
    /// What loses the tags.
    pub resource: Taggable,
    /// Their keys.
    pub keys: Vec<String>,
}

/// A task that could not be made, as RunTask answers it.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// No node has room.
    NoCapacity {
        /// What was asked.
        wanted: Resources,
        /// Nodes refused, by rule, such as `RESOURCE:MEMORY` → 3.
        refusals: BTreeMap<String, usize>,
    },
    /// Every address of the subnets is taken.
    NoAddress,
}
