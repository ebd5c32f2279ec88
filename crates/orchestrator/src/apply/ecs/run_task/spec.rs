//! What the tasks of one request have in common, and what each gets of its own.

use super::capacity::Chosen;
use crate::apply::ecs::runnable;
use crate::command::Refusal;
use crate::command::ecs::RunTask;
use crate::schedule::Wanted;
use crate::txn::Txn;
use gantry_model::record::task::{ContainerIdentity, ContainerObserved, Eni, Observed, TaskSpec};
use gantry_model::record::{ClusterKey, Subnet, Task, TaskDefinition};
use gantry_model::{ContainerId, NodeId, Resources, Tags, TaskId, fargate};
use std::sync::Arc;

/// `ephemeralStorage` of a Fargate task that asks for none.
const DEFAULT_EPHEMERAL_STORAGE_GIB: u32 = 20;

/// The tag that asks for a task never to run twice.
const AT_MOST_ONE_TAG: &str = "gantry:at-most-one";

/// A checked request: tasks are made from it.
pub(super) struct Blueprint {
    definition: Arc<TaskDefinition>,
    spec: TaskSpec,
    tags: Tags,
}

impl Blueprint {
    /// Checks overrides and size, and that this version can run the definition.
    pub(super) fn new(
        cluster: &ClusterKey,
        definition: Arc<TaskDefinition>,
        capacity: Chosen,
        command: &RunTask,
    ) -> Result<Self, Refusal> {
        if let Some(refusal) = runnable::first_unrunnable(&definition.content) {
            return Err(refusal);
        }
        require_known_overrides(&definition, command)?;
        require_role_for_exec(&definition, command)?;
        let tags = tags(cluster, &definition, command);
        let spec = TaskSpec {
            cluster: cluster.clone(),
            definition: definition.key.clone(),
            launch_type: Some(capacity.launch_type),
            capacity_provider: capacity.capacity_provider,
            platform_version: Some(
                command.platform_version.clone().unwrap_or_else(|| fargate::PLATFORM_VERSION.into()),
            ),
            group: command.group.clone().unwrap_or_else(|| format!("family:{}", definition.key.family)),
            started_by: command.started_by.clone(),
            reference_id: command.reference_id.clone(),
            size: size(&definition, command)?,
            overrides: command.overrides.clone(),
            ephemeral_storage_gib: ephemeral_storage_gib(&definition, command),
            enable_execute_command: command.enable_execute_command,
            at_most_one: tags.get(AT_MOST_ONE_TAG).is_some_and(|value| value == "true"),
            ..TaskSpec::default()
        };
        Ok(Self { definition, spec, tags })
    }

    /// What a task of it wants of a node.
    pub(super) fn wanted(&self, subnet: &Subnet) -> Wanted {
        let platform = self.definition.content.runtime_platform.as_ref();
        let architecture = platform.and_then(|platform| platform.cpu_architecture.clone());
        Wanted {
            size: self.spec.size,
            host_ports: Vec::new(),
            zone: subnet.zone.clone(),
            cpu_architecture: architecture.unwrap_or_else(|| "X86_64".to_owned()),
            group: self.spec.task_group(),
        }
    }

    /// A task on a node.
    pub(super) fn task(&self, txn: &mut Txn, node: NodeId, subnet: &Subnet, eni: Eni) -> Task {
        let id = TaskId(txn.entropy.id());
        let containers = self.containers(txn, id);
        let spec = TaskSpec {
            node,
            zone: subnet.zone.clone(),
            eni: Some(eni),
            containers,
            created_at: txn.now.at,
            ..self.spec.clone()
        };
        let containers = vec![ContainerObserved::default(); spec.containers.len()];
        let observed = Observed { containers, ..Observed::default() };
        Task { id, spec: Arc::new(spec), observed, tags: self.tags.clone(), version: 1, ..Task::default() }
    }

    /// Ids of the containers. `runtimeId` on Fargate is the task's id and a number of ten digits.
    fn containers(&self, txn: &mut Txn, task: TaskId) -> Vec<ContainerIdentity> {
        let names = self.definition.content.containers.iter().map(|container| container.name.clone());
        let identity = |name| {
            let number = 1_000_000_000 + txn.entropy.below(3_000_000_000);
            ContainerIdentity {
                name,
                id: ContainerId(txn.entropy.uuid()),
                runtime_id: format!("{task}-{number}"),
            }
        };
        names.map(identity).collect()
    }
}

fn require_known_overrides(definition: &TaskDefinition, command: &RunTask) -> Result<(), Refusal> {
    let known = |name: &String| definition.content.containers.iter().any(|container| container.name == *name);
    let stranger = command.overrides.containers.keys().find(|name| !known(name));
    stranger.map_or(Ok(()), |name| Err(Refusal::OverrideWithoutContainer(name.clone())))
}

fn require_role_for_exec(definition: &TaskDefinition, command: &RunTask) -> Result<(), Refusal> {
    let role = command.overrides.task_role_arn.as_ref().or(definition.content.task_role_arn.as_ref());
    if command.enable_execute_command && role.is_none() { Err(Refusal::ExecWithoutTaskRole) } else { Ok(()) }
}

fn size(definition: &TaskDefinition, command: &RunTask) -> Result<Resources, Refusal> {
    let cpu = command.size_override.cpu_units.or(definition.content.cpu_units).unwrap_or(0);
    let memory = command.size_override.memory_mib.or(definition.content.memory_mib).unwrap_or(0);
    let size = Resources { cpu_units: cpu.into(), memory_mib: memory.into(), enis: 1, gpus: 0 };
    if fargate::is_size(cpu, memory) {
        return Ok(size);
    }
    Err(Refusal::FargateSize { cpu_units: size.cpu_units, memory_mib: size.memory_mib })
}

fn ephemeral_storage_gib(definition: &TaskDefinition, command: &RunTask) -> u32 {
    let overridden = command.overrides.ephemeral_storage_gib;
    overridden.or(definition.content.ephemeral_storage_gib).unwrap_or(DEFAULT_EPHEMERAL_STORAGE_GIB)
}

/// The request's tags over the definition's, where those are propagated, and ECS's own.
fn tags(cluster: &ClusterKey, definition: &TaskDefinition, command: &RunTask) -> Tags {
    let mut tags = if command.propagate_definition_tags { definition.tags.clone() } else { Tags::new() };
    tags.extend(command.tags.clone());
    if command.managed_tags {
        tags.insert("aws:ecs:clusterName".to_owned(), cluster.name.to_string());
    }
    tags
}
