//! What a node should run: for each task all that its agent needs, and whether it should run or stop.
//!
//! The control plane writes it, the node's engine reads it; neither leaves the other a choice: ids, addresses, ports and
//! effective commands are in it.

use crate::status::{DesiredStatus, Transport};
use crate::{AttachmentId, ContainerId, EniId, TaskId, VpcId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// One task of a node's assignments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// What to run; never changes for a task.
    pub task: Arc<AssignedTask>,
    /// Whether it should run.
    pub desired: DesiredStatus,
}

/// A change of a node's assignments, from one generation to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignmentUpdate {
    /// The generation that holds after the update. An update to a generation that is not newer is refused.
    pub generation: u64,
    /// The generation that `put` and `remove` are relative to; `None` when `put` is the whole of it.
    pub base: Option<u64>,
    /// Tasks that are new or changed.
    pub put: Vec<Assignment>,
    /// Tasks that the control plane has forgotten: the node may forget them as well.
    pub remove: Vec<TaskId>,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignedTask {
    /// Which task.
    pub id: TaskId,
    /// Its ARN.
    pub arn: String,
    /// Its cluster's ARN.
    pub cluster_arn: String,
    /// The name of its cluster.
    pub cluster: String,
    /// The family of its definition.
    pub family: String,
    /// The revision of its definition.
    pub revision: u32,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its zone's full name.
    pub zone: String,
    /// `launchType` as its metadata shows it.
    pub launch_type: String,
    /// Limit of all its containers together, in CPU units.
    pub cpu_units: Option<u32>,
    /// Limit of all its containers together, in MiB.
    pub memory_mib: Option<u32>,
    /// Its network interface.
    pub network: AssignedNetwork,
    /// Names of its shared scratch volumes.
    pub volumes: Vec<String>,
    /// Its containers, in the definition's order.
    pub containers: Vec<AssignedContainer>,
    /// Whether it may never run twice.
    pub at_most_one: bool,
}

/// The network interface of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignedNetwork {
    /// What joins interface and task.
    pub attachment: AttachmentId,
    /// Which interface.
    pub eni: EniId,
    /// Its address.
    pub address: Ipv4Addr,
    /// Its hardware address.
    pub mac: String,
    /// Its subnet's range, such as `172.31.16.0/20`.
    pub subnet_cidr: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// `ip-172-31-16-4.ec2.internal` or the like.
    pub private_dns_name: String,
}

/// A container, overrides applied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssignedContainer {
    /// Its name in the definition.
    pub name: String,
    /// The last part of its ARN.
    pub id: ContainerId,
    /// Its ARN.
    pub arn: String,
    /// `runtimeId`: how the runtime calls it.
    pub runtime_id: String,
    /// The image's reference as the user wrote it.
    pub image: String,
    /// Whether the task stops when it stops.
    pub essential: bool,
    /// Replaces the image's entry point.
    pub entry_point: Option<Vec<String>>,
    /// Replaces the image's command.
    pub command: Option<Vec<String>>,
    /// Added to the image's environment.
    pub environment: Vec<(String, String)>,
    /// CPU units: a share among the task's containers; 0 where none was asked.
    pub cpu_units: u32,
    /// Hard limit in MiB.
    pub memory_mib: Option<u32>,
    /// Soft limit in MiB.
    pub memory_reservation_mib: Option<u32>,
    /// Ports that it listens on.
    pub ports: Vec<AssignedPort>,
    /// Where the task's volumes are mounted.
    pub mounts: Vec<AssignedMount>,
    /// Replaces the image's working directory.
    pub working_directory: Option<String>,
    /// Replaces the image's user.
    pub user: Option<String>,
    /// Whether the root file system is read-only.
    pub readonly_root: bool,
    /// Capabilities beside Docker's default ones.
    pub capabilities_added: Vec<String>,
    /// Capabilities taken away.
    pub capabilities_dropped: Vec<String>,
    /// Labels, as the metadata shows them.
    pub labels: BTreeMap<String, String>,
    /// Seconds between SIGTERM and SIGKILL.
    pub stop_timeout_s: u32,
    /// `logDriver`, as the metadata shows it.
    pub log_driver: String,
    /// Options of the log driver.
    pub log_options: BTreeMap<String, String>,
}

/// A port that a container listens on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignedPort {
    /// Inside the container.
    pub container_port: u16,
    /// On the task's address.
    pub host_port: u16,
    /// TCP or UDP.
    pub transport: Transport,
}

/// A volume in a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignedMount {
    /// The volume's name.
    pub volume: String,
    /// Where the container sees it.
    pub container_path: String,
    /// Whether it may not write there.
    pub read_only: bool,
}
