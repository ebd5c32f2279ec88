//! One task → all that its node needs to run it.

use crate::state::State;
use gantry_model::record::task::{ContainerIdentity, ContainerOverride, Eni};
use gantry_model::record::task_definition::{ContainerDefinition, MountPoint, PortMapping, TaskDefinition};
use gantry_model::record::{Subnet, Task};
use gantry_model::status::{LaunchType, Transport};
use gantry_model::view::assignment::{AssignedMount, AssignedNetwork, AssignedPort};
use gantry_model::view::{AssignedContainer, AssignedTask, Assignment};
use gantry_model::{Region, arn};
use std::sync::Arc;

/// Seconds between SIGTERM and SIGKILL where the definition names none.
const DEFAULT_STOP_TIMEOUT_S: u32 = 30;

/// The log driver where the definition names none: lines are kept on the node.
const DEFAULT_LOG_DRIVER: &str = "json-file";

/// The assignment of a task; `None` when a record that it needs is gone, which the invariants rule out.
pub(super) fn build(state: &State, task: &Task) -> Option<Assignment> {
    let definition = state.task_definition(&task.spec.definition)?;
    let eni = task.spec.eni.as_ref()?;
    let subnet = state.subnet(eni.subnet)?;
    let assigned = AssignedTask {
        id: task.id,
        arn: task.arn(),
        cluster_arn: task.spec.cluster.arn(),
        cluster: task.spec.cluster.name.to_string(),
        family: definition.key.family.to_string(),
        revision: definition.key.revision,
        account: task.spec.cluster.scope.account.to_string(),
        region: task.spec.cluster.scope.region.to_string(),
        zone: subnet.zone_name(),
        launch_type: task.spec.launch_type.unwrap_or(LaunchType::Fargate).to_string(),
        cpu_units: u32::try_from(task.spec.size.cpu_units).ok(),
        memory_mib: u32::try_from(task.spec.size.memory_mib).ok(),
        network: network(eni, subnet),
        volumes: definition.content.volumes.iter().filter_map(|volume| volume.name.clone()).collect(),
        containers: containers(task, definition),
        at_most_one: task.spec.at_most_one,
    };
    Some(Assignment { task: Arc::new(assigned), desired: task.desired.status })
}

fn network(eni: &Eni, subnet: &Subnet) -> AssignedNetwork {
    AssignedNetwork {
        attachment: eni.attachment,
        eni: eni.id,
        address: eni.address.0,
        mac: eni.mac.clone(),
        subnet_cidr: subnet.cidr.clone(),
        vpc: subnet.vpc,
        private_dns_name: private_dns_name(eni, &subnet.scope.region),
    }
}

/// EC2's name of an address: `ip-172-31-16-4.ec2.internal` in us-east-1, `….REGION.compute.internal` elsewhere.
pub fn private_dns_name(eni: &Eni, region: &Region) -> String {
    let dashed = eni.address.to_string().replace('.', "-");
    match region.as_str() {
        "us-east-1" => format!("ip-{dashed}.ec2.internal"),
        other => format!("ip-{dashed}.{other}.compute.internal"),
    }
}

fn containers(task: &Task, definition: &TaskDefinition) -> Vec<AssignedContainer> {
    let pairs = definition.content.containers.iter().zip(&task.spec.containers);
    pairs.map(|(container, identity)| one(task, container, identity)).collect()
}

fn one(task: &Task, definition: &ContainerDefinition, identity: &ContainerIdentity) -> AssignedContainer {
    let none = ContainerOverride::default();
    let over = task.spec.overrides.containers.get(&definition.name).unwrap_or(&none);
    let cluster = &task.spec.cluster;
    let capabilities =
        definition.linux_parameters.as_ref().and_then(|linux| linux.capabilities.clone()).unwrap_or_default();
    let log = definition.log_configuration.as_ref();
    AssignedContainer {
        name: definition.name.clone(),
        id: identity.id,
        arn: arn::container(&cluster.scope, &cluster.name, task.id, identity.id),
        runtime_id: identity.runtime_id.clone(),
        image: definition.image.clone(),
        essential: definition.is_essential(),
        entry_point: definition.entry_point.clone(),
        command: over.command.clone().or_else(|| definition.command.clone()),
        environment: environment(definition, over),
        cpu_units: positive(over.cpu.or(definition.cpu)).unwrap_or(0),
        memory_mib: positive(over.memory.or(definition.memory)),
        memory_reservation_mib: positive(over.memory_reservation.or(definition.memory_reservation)),
        ports: definition.port_mappings.iter().flatten().filter_map(port).collect(),
        mounts: definition.mount_points.iter().flatten().filter_map(mount).collect(),
        working_directory: definition.working_directory.clone(),
        user: definition.user.clone(),
        readonly_root: definition.readonly_root_filesystem.unwrap_or(false),
        capabilities_added: capabilities.add.unwrap_or_default(),
        capabilities_dropped: capabilities.drop.unwrap_or_default(),
        labels: definition.docker_labels.clone().unwrap_or_default(),
        stop_timeout_s: positive(definition.stop_timeout).unwrap_or(DEFAULT_STOP_TIMEOUT_S),
        log_driver: log.map_or(DEFAULT_LOG_DRIVER, |log| &log.log_driver).to_owned(),
        log_options: log.and_then(|log| log.options.clone()).unwrap_or_default(),
    }
}

fn positive(value: Option<i32>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}

/// The definition's variables with the override's: one of the same name replaces it, others are added.
fn environment(definition: &ContainerDefinition, over: &ContainerOverride) -> Vec<(String, String)> {
    let own = definition.environment.iter().flatten();
    let mut variables: Vec<(String, String)> = own
        .map(|pair| (pair.name.clone().unwrap_or_default(), pair.value.clone().unwrap_or_default()))
        .collect();
    for (name, value) in over.environment.iter().flatten() {
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1.clone_from(value),
            None => variables.push((name.clone(), value.clone())),
        }
    }
    variables
}

/// In awsvpc mode the port on the task's address is the container's own.
fn port(mapping: &PortMapping) -> Option<AssignedPort> {
    let container_port = u16::try_from(mapping.container_port?).ok()?;
    let transport = mapping.protocol.unwrap_or(Transport::Tcp);
    Some(AssignedPort { container_port, host_port: container_port, transport })
}

fn mount(point: &MountPoint) -> Option<AssignedMount> {
    Some(AssignedMount {
        volume: point.source_volume.clone()?,
        container_path: point.container_path.clone()?,
        read_only: point.read_only.unwrap_or(false),
    })
}
