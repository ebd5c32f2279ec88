//! `requiresAttributes`: what a container instance must be able to do, as its agent names it.

use super::super::image;
use gantry_model::record::task_definition::{
    ContainerDefinition, FirelensConfiguration, LogConfiguration, Secret, TaskDefinitionContent, Volume,
};
use gantry_model::status::{LaunchType, NetworkMode};
use gantry_shapes::ecs::Attribute;
use std::collections::BTreeSet;

const TASK_ROLE: &str = "com.amazonaws.ecs.capability.task-iam-role";
const TASK_ROLE_IN_HOST_NETWORK: &str = "com.amazonaws.ecs.capability.task-iam-role-network-host";
const ECR_AUTH: &str = "com.amazonaws.ecs.capability.ecr-auth";
const LOGGING_DRIVER: &str = "com.amazonaws.ecs.capability.logging-driver.";
const PRIVILEGED: &str = "com.amazonaws.ecs.capability.privileged-container";
const PRIVATE_REGISTRY: &str = "ecs.capability.private-registry-authentication.secretsmanager";

/// The Docker API that a feature came with.
const DOCKER_1_17: &str = "com.amazonaws.ecs.capability.docker-remote-api.1.17";
const DOCKER_1_18: &str = "com.amazonaws.ecs.capability.docker-remote-api.1.18";
const DOCKER_1_19: &str = "com.amazonaws.ecs.capability.docker-remote-api.1.19";
const DOCKER_1_21: &str = "com.amazonaws.ecs.capability.docker-remote-api.1.21";

/// The attributes, sorted by name; `None` where the definition needs none, since ECS leaves the member out then.
pub(super) fn required(content: &TaskDefinitionContent) -> Option<Vec<Attribute>> {
    let mut names = Names::default();
    of_task(&mut names, content);
    for volume in &content.volumes {
        of_volume(&mut names, volume);
    }
    for container in &content.containers {
        of_container(&mut names, container, content.execution_role_arn.is_some());
    }
    let attributes = names.0.into_iter().map(|name| Attribute { name: Some(name), ..Attribute::default() });
    Some(attributes.collect()).filter(|list: &Vec<Attribute>| !list.is_empty())
}

/// Names of attributes, each once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn add(&mut self, name: impl Into<String>) {
        self.0.insert(name.into());
    }

    /// Adds the names whose condition holds.
    fn add_where<const N: usize>(&mut self, rows: [(bool, &str); N]) {
        let needed = rows.into_iter().filter(|(holds, _)| *holds);
        self.0.extend(needed.map(|(_, name)| name.to_owned()));
    }
}

fn of_task(names: &mut Names, content: &TaskDefinitionContent) {
    let role = content.task_role_arn.is_some();
    let (host, awsvpc) = (Some(NetworkMode::Host), Some(NetworkMode::Awsvpc));
    let sized = content.cpu_units.is_some() || content.memory_mib.is_some();
    let fargate = content.requires_compatibilities.iter().flatten().any(|one| *one == LaunchType::Fargate);
    names.add_where([
        (role, DOCKER_1_17),
        (role && content.network_mode != host, TASK_ROLE),
        (role && content.network_mode == host, TASK_ROLE_IN_HOST_NETWORK),
        (content.network_mode == awsvpc, "ecs.capability.task-eni"),
        (content.network_mode == awsvpc, DOCKER_1_18),
        (sized && !fargate, "ecs.capability.task-cpu-mem-limit"),
        (
            content.pid_mode.is_some() || content.ipc_mode.is_some(),
            "ecs.capability.pid-ipc-namespace-sharing",
        ),
        (content.proxy_configuration.is_some(), "ecs.capability.aws-appmesh"),
    ]);
}

fn of_volume(names: &mut Names, volume: &Volume) {
    let authorization = volume.efs.as_ref().and_then(|efs| efs.authorization.as_ref());
    names.add_where([
        (volume.efs.is_some(), "ecs.capability.efs"),
        (authorization.is_some(), "ecs.capability.efsAuth"),
    ]);
    if let Some(driver) = volume.docker.as_ref().and_then(|docker| docker.driver.as_deref()) {
        names.add(format!("ecs.capability.docker-plugin.{driver}"));
    }
}

fn of_container(names: &mut Names, container: &ContainerDefinition, execution_role: bool) {
    let ecr = image::is_private_ecr(&container.image);
    names.add_where([
        (ecr, ECR_AUTH),
        (ecr, DOCKER_1_19),
        (ecr && execution_role, "ecs.capability.execution-role-ecr-pull"),
        (container.memory_reservation.is_some(), DOCKER_1_21),
        (container.privileged == Some(true), PRIVILEGED),
        (container.health_check.is_some(), "ecs.capability.container-health-check"),
        (is_ordered(container), "ecs.capability.container-ordering"),
        (container.environment_files.is_some(), "ecs.capability.env-files.s3"),
        (has_port_range(container), "ecs.capability.network.container-port-range"),
        (container.repository_credentials.is_some(), PRIVATE_REGISTRY),
    ]);
    for secret in container.secrets.iter().flatten() {
        names.add(format!("ecs.capability.secrets.{}.environment-variables", store(secret)));
    }
    if let Some(logs) = &container.log_configuration {
        of_logs(names, logs, execution_role);
    }
    if let Some(firelens) = &container.firelens_configuration {
        of_firelens(names, firelens);
    }
}

fn of_logs(names: &mut Names, logs: &LogConfiguration, execution_role: bool) {
    let awslogs = logs.log_driver == "awslogs";
    names.add(format!("{LOGGING_DRIVER}{}", logs.log_driver));
    names.add(DOCKER_1_19);
    names.add_where([(execution_role && awslogs, "ecs.capability.execution-role-awslogs")]);
    for secret in logs.secret_options.iter().flatten() {
        names.add(format!("ecs.capability.secrets.{}.bootstrap.log-driver", store(secret)));
    }
}

fn of_firelens(names: &mut Names, firelens: &FirelensConfiguration) {
    names.add(format!("ecs.capability.firelens.{}", firelens.kind));
    if let Some(kind) = firelens.options.as_ref().and_then(|options| options.get("config-file-type")) {
        names.add(format!("ecs.capability.firelens.options.config.{kind}"));
    }
}

fn is_ordered(container: &ContainerDefinition) -> bool {
    container.depends_on.is_some() || container.start_timeout.is_some() || container.stop_timeout.is_some()
}

fn has_port_range(container: &ContainerDefinition) -> bool {
    container.port_mappings.iter().flatten().any(|mapping| mapping.container_port_range.is_some())
}

/// The agent's name of the store that a secret is kept in; a secret without an ARN is a parameter.
fn store(secret: &Secret) -> &'static str {
    if secret.value_from.split(':').nth(2) == Some("secretsmanager") { "asm" } else { "ssm" }
}
