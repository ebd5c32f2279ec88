//! What surrounds a container's process: environment, secrets, dependencies, health, limits.

use super::given::{present, required, word};
use crate::Fault;
use crate::ecs::fault::client;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    ContainerCondition, ContainerDependency, ContainerRestartPolicy, EnvironmentFile, EnvironmentFileType,
    HealthCheck, KeyValuePair, RepositoryCredentials, Secret, Ulimit, UlimitName,
};

/// `repositoryCredentials`.
pub(super) fn repository_credentials(shape: RepositoryCredentials) -> Result<String, Fault> {
    let RepositoryCredentials { credentials_parameter } = shape;
    required(credentials_parameter, "RepositoryCredentials.credentialsParameter")
}

/// `environment[]`.
pub(super) fn key_value(shape: KeyValuePair) -> record::KeyValue {
    let KeyValuePair { name, value } = shape;
    record::KeyValue { name, value }
}

/// `environmentFiles[]`.
pub(super) fn environment_file(shape: EnvironmentFile) -> Result<record::EnvironmentFile, Fault> {
    let EnvironmentFile { value, r#type } = shape;
    let kind = present(r#type, "EnvironmentFile.type")?;
    Ok(record::EnvironmentFile {
        value: required(value, "EnvironmentFile.value")?,
        kind: word(kind.as_str(), "Environment file type", EnvironmentFileType::VALUES)?,
    })
}

/// `secrets[]` and `secretOptions[]`.
pub(super) fn secret(shape: Secret) -> Result<record::Secret, Fault> {
    let Secret { name, value_from } = shape;
    Ok(record::Secret {
        name: required(name, "Secret.name")?,
        value_from: required(value_from, "Secret.valueFrom")?,
    })
}

/// `dependsOn[]`.
pub(super) fn dependency(shape: ContainerDependency) -> Result<record::Dependency, Fault> {
    let ContainerDependency { container_name, condition } = shape;
    let condition = present(condition, "ContainerDependency.condition")?;
    Ok(record::Dependency {
        container_name: required(container_name, "ContainerDependency.containerName")?,
        condition: word(condition.as_str(), "Container dependency condition", ContainerCondition::VALUES)?,
    })
}

/// `restartPolicy`.
pub(super) fn restart_policy(shape: ContainerRestartPolicy) -> Result<record::RestartPolicy, Fault> {
    let ContainerRestartPolicy { enabled, ignored_exit_codes, restart_attempt_period } = shape;
    let enabled = present(enabled, "RestartPolicy.enabled")?;
    Ok(record::RestartPolicy { enabled, ignored_exit_codes, restart_attempt_period })
}

/// `healthCheck`.
pub(super) fn health_check(shape: HealthCheck) -> Result<record::HealthCheck, Fault> {
    let HealthCheck { command, interval, timeout, retries, start_period } = shape;
    let command = present(command, "HealthCheck.command")?;
    Ok(record::HealthCheck { command, interval, timeout, retries, start_period })
}

/// `ulimits[]`.
pub(super) fn ulimit(shape: Ulimit) -> Result<record::Ulimit, Fault> {
    let Ulimit { name, soft_limit, hard_limit } = shape;
    let name = present(name, "Ulimit.name")?;
    if let UlimitName::Unrecognized(name) = name {
        return Err(client(format!("Unrecognized ulimit name {name}")));
    }
    Ok(record::Ulimit {
        name: name.as_str().to_owned(),
        soft_limit: present(soft_limit, "Ulimit.softLimit")?,
        hard_limit: present(hard_limit, "Ulimit.hardLimit")?,
    })
}
