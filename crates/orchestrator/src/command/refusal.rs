//! Why a command is refused. The facade gives each its AWS code and words.

use gantry_model::TaskId;
use gantry_model::status::LaunchType;

/// A command that is not legal in the present state. Nothing of it happened.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// No such cluster.
    #[error("the cluster does not exist")]
    ClusterNotFound,
    /// The cluster was deleted.
    #[error("the cluster is inactive")]
    ClusterInactive,
    /// A cluster of that name exists with other settings.
    #[error("the cluster exists with other settings")]
    ClusterDiffers,
    /// DeleteCluster: tasks are active.
    #[error("the cluster contains tasks")]
    ClusterContainsTasks,
    /// The account has as many clusters as it may.
    #[error("the quota of {0} clusters is reached")]
    ClusterQuota(usize),
    /// No such family or revision, or the family has no ACTIVE revision.
    #[error("the task definition does not exist")]
    TaskDefinitionNotFound,
    /// The revision was deregistered.
    #[error("the task definition is inactive")]
    TaskDefinitionInactive,
    /// The family has as many revisions as it may.
    #[error("the quota of {0} revisions is reached")]
    RevisionQuota(u32),
    /// The cluster has no container instances.
    #[error("the cluster has no container instances")]
    NoContainerInstances,
    /// The definition does not fit the launch type.
    #[error("the task definition does not support {0}")]
    IncompatibleLaunchType(LaunchType),
    /// The strategy names a provider that the cluster does not have.
    #[error("capacity provider {0} is not associated with the cluster")]
    CapacityProviderNotAssociated(String),
    /// The definition's network mode is awsvpc and no network configuration came.
    #[error("a network configuration is needed")]
    NetworkConfigurationMissing,
    /// A network configuration came and the definition's network mode is not awsvpc.
    #[error("a network configuration does not fit the network mode")]
    NetworkConfigurationUnfit,
    /// No such subnet.
    #[error("subnet {0} does not exist")]
    SubnetNotFound(String),
    /// No such security group.
    #[error("security group {0} does not exist")]
    SecurityGroupNotFound(String),
    /// The group belongs to another VPC than the subnets.
    #[error("security group {0} belongs to another VPC")]
    SecurityGroupOfOtherVpc(String),
    /// The subnets belong to different VPCs.
    #[error("the subnets belong to different VPCs")]
    SubnetsOfSeveralVpcs,
    /// An override names a container that the definition does not have.
    #[error("the task definition has no container {0}")]
    OverrideWithoutContainer(String),
    /// The overridden size is not one that Fargate has.
    #[error("no Fargate size has {cpu_units} CPU units and {memory_mib} MiB")]
    FargateSize {
        /// CPU units asked for.
        cpu_units: u64,
        /// MiB asked for.
        memory_mib: u64,
    },
    /// The definition uses a field that this version keeps but does not run.
    #[error("{field} cannot be run yet")]
    NotRunnable {
        /// The field, such as `containerDefinitions[].secrets`.
        field: &'static str,
        /// The container that uses it, where one does.
        container: Option<String>,
    },
    /// `enableExecuteCommand` without a task role, which ECS Exec needs.
    #[error("ECS Exec needs a task role")]
    ExecWithoutTaskRole,
    /// The client token belongs to another request.
    #[error("the client token belongs to another request")]
    TokenConflict(Vec<TaskId>),
    /// Too many client tokens are remembered.
    #[error("too many client tokens are remembered")]
    TokenQuota,
    /// No such task.
    #[error("the task does not exist")]
    TaskNotFound,
    /// The cluster has as many PROVISIONING tasks as it may.
    #[error("the quota of {0} provisioning tasks is reached")]
    ProvisioningQuota(usize),
    /// TagResource: no such resource.
    #[error("the resource does not exist")]
    ResourceNotFound,
    /// TagResource: the task is stopped.
    #[error("the task is stopped")]
    TaskStopped,
    /// The resource has as many tags as it may.
    #[error("the quota of {0} tags is reached")]
    TagQuota(usize),
    /// The node has begun a newer session, or was given up.
    #[error("the session is not the node's newest")]
    StaleSession,
    /// The control plane has more work than it may queue; a retry helps.
    #[error("the control plane is busy")]
    Overloaded,
    /// The store cannot commit; a retry helps once it can.
    #[error("the store cannot commit")]
    NotCommitted,
}
