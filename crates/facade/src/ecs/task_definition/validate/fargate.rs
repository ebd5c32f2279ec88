//! What Fargate needs, and what it does not support.
//! Source: what RegisterTaskDefinition and the shapes that it reaches say about Fargate; "Task CPU and memory" in the
//! Amazon ECS developer guide.

use super::super::image;
use super::launch_types::{is_windows, log_drivers};
use super::resources::requirements;
use super::{option, refuse_if};
use crate::Fault;
use gantry_model::fargate::{self, STOP_TIMEOUT_S_MAX};
use gantry_model::record::task_definition::{
    ContainerDefinition, LinuxParameters, TaskDefinitionContent, Volume,
};
use gantry_model::status::NetworkMode;

/// Log drivers on Fargate.
const LOG_DRIVERS: [&str; 3] = ["awslogs", "splunk", "awsfirelens"];
/// The one capability that can be added on Fargate.
const CAPABILITY: &str = "SYS_PTRACE";
/// CPU units that Windows can have on Fargate.
const WINDOWS_CPU_UNITS: [u32; 3] = [1024, 2048, 4096];

/// ECS's name of a setting, and whether a value has it.
type Setting<T> = (&'static str, fn(&T) -> bool);

const UNSUPPORTED_OF_TASK: [Setting<TaskDefinitionContent>; 3] = [
    ("ipcMode", |task| task.ipc_mode.is_some()),
    ("constraints", |task| !task.placement_constraints.is_empty()),
    ("trustedExecutionConfiguration", |task| task.trusted_execution.is_some()),
];

const UNSUPPORTED_OF_CONTAINER: [Setting<ContainerDefinition>; 5] = [
    ("devices", |c| linux(c, |linux| linux.devices.as_ref().is_some_and(|devices| !devices.is_empty()))),
    ("sharedMemorySize", |c| linux(c, |linux| linux.shared_memory_size.is_some())),
    ("maxSwap", |c| linux(c, |linux| linux.max_swap.is_some())),
    ("swappiness", |c| linux(c, |linux| linux.swappiness.is_some())),
    ("dockerSecurityOptions", |c| {
        c.docker_security_options.as_ref().is_some_and(|options| !options.is_empty())
    }),
];

const UNSUPPORTED_OF_VOLUME: [Setting<Volume>; 2] = [
    ("dockerVolumeConfiguration", |volume| volume.docker.is_some()),
    ("sourcePath", |volume| volume.host.as_ref().is_some_and(|host| host.source_path.is_some())),
];

/// Checks a definition that shall run on Fargate.
pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let awsvpc = content.network_mode == Some(NetworkMode::Awsvpc);
    refuse_if(!awsvpc, "Fargate only supports network mode ‘awsvpc’.")?;
    size(content)?;
    content.containers.iter().try_for_each(container)?;
    unsupported(&UNSUPPORTED_OF_TASK, content)?;
    content.volumes.iter().try_for_each(|volume| unsupported(&UNSUPPORTED_OF_VOLUME, volume))?;
    refuse_if(
        content.pid_mode.as_deref() == Some("host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    )?;
    resources(content)?;
    log_drivers(content, &LOG_DRIVERS)?;
    content.containers.iter().try_for_each(logs)?;
    execution_role(content)
}

fn size(content: &TaskDefinitionContent) -> Result<(), Fault> {
    refuse_if(content.cpu_units.is_none(), "Fargate requires that 'cpu' be defined at the task level.")?;
    refuse_if(content.memory_mib.is_none(), "Fargate requires that 'memory' be defined at the task level.")?;
    let (cpu, memory) = (content.cpu_units.unwrap_or_default(), content.memory_mib.unwrap_or_default());
    let arm = content.runtime_platform.as_ref().and_then(|platform| platform.cpu_architecture.as_deref())
        == Some("ARM64");
    let on_windows = WINDOWS_CPU_UNITS.contains(&cpu) && !arm;
    let exists = fargate::is_size(cpu, memory) && (on_windows || !is_windows(content));
    refuse_if(
        !exists,
        format!(
            "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS \
             documentation for the valid values."
        ),
    )
}

fn container(container: &ContainerDefinition) -> Result<(), Fault> {
    refuse_if(
        container.privileged == Some(true),
        "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
    )?;
    unsupported(&UNSUPPORTED_OF_CONTAINER, container)?;
    capabilities(container)?;
    refuse_if(
        container.stop_timeout.is_some_and(|seconds| seconds > STOP_TIMEOUT_S_MAX),
        format!(
            "Tasks using the Fargate launch type must have a container stop timeout of less than \
             {STOP_TIMEOUT_S_MAX} seconds."
        ),
    )
}

fn unsupported<T>(settings: &[Setting<T>], value: &T) -> Result<(), Fault> {
    let message = |name: &str| format!("Fargate compatible task definitions do not support {name}");
    settings.iter().try_for_each(|(name, has)| refuse_if(has(value), message(name)))
}

fn capabilities(container: &ContainerDefinition) -> Result<(), Fault> {
    let capabilities = container.linux_parameters.as_ref().and_then(|linux| linux.capabilities.as_ref());
    let mut added = capabilities.into_iter().flat_map(|both| both.add.iter().flatten());
    let Some(stranger) = added.find(|name| *name != CAPABILITY) else { return Ok(()) };
    refuse_if(true, format!("{stranger} is not allowed on Fargate."))
}

fn resources(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let Some((_, requirement)) = requirements(content).next() else { return Ok(()) };
    let kind = &requirement.kind;
    refuse_if(
        true,
        format!("Tasks using the Fargate launch type do not support {kind} resource requirements."),
    )
}

fn logs(container: &ContainerDefinition) -> Result<(), Fault> {
    let logs = container.log_configuration.as_ref();
    let awslogs = logs.filter(|logs| logs.log_driver == "awslogs");
    let unprefixed =
        awslogs.is_some_and(|logs| option(logs.options.as_ref(), "awslogs-stream-prefix").is_none());
    refuse_if(
        unprefixed,
        "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
    )?;
    let options = container.firelens_configuration.as_ref().and_then(|router| router.options.as_ref());
    refuse_if(
        option(options, "config-file-type") == Some("s3"),
        "Tasks using the Fargate launch type do not support config-file-type 's3'. The supported value for \
         config-file-type is 'file'.",
    )
}

/// Fargate has no instance role, so that everything it fetches itself needs the execution role.
fn execution_role(content: &TaskDefinitionContent) -> Result<(), Fault> {
    if content.execution_role_arn.is_some() {
        return Ok(());
    }
    let containers = &content.containers;
    let logs = |container: &ContainerDefinition| {
        container.log_configuration.as_ref().is_some_and(|logs| logs.log_driver == "awslogs")
    };
    refuse_if(
        containers.iter().any(logs),
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    )?;
    refuse_if(
        containers.iter().any(|container| image::is_private_ecr(&container.image)),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
    )
}

fn linux(container: &ContainerDefinition, has: fn(&LinuxParameters) -> bool) -> bool {
    container.linux_parameters.as_ref().is_some_and(has)
}
