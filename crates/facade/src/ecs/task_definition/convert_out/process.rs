//! What surrounds a container's process: environment, secrets, dependencies, health, limits.

use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    ContainerDependency, ContainerRestartPolicy, EnvironmentFile, HealthCheck, KeyValuePair, Secret, Ulimit,
};

/// What ECS fills into a health check: seconds between two probes.
const INTERVAL_S: i32 = 30;
/// What ECS fills into a health check: seconds until a probe has failed.
const TIMEOUT_S: i32 = 5;
/// What ECS fills into a health check: failures in a row until the container is unhealthy.
const RETRIES: i32 = 3;

/// `environment[]`.
pub(super) fn key_value(record: record::KeyValue) -> KeyValuePair {
    let record::KeyValue { name, value } = record;
    KeyValuePair { name, value }
}

/// `environmentFiles[]`.
pub(super) fn environment_file(record: record::EnvironmentFile) -> EnvironmentFile {
    let record::EnvironmentFile { value, kind } = record;
    EnvironmentFile { value: Some(value), r#type: Some(kind.as_str().into()) }
}

/// `secrets[]` and `secretOptions[]`.
pub(super) fn secret(record: record::Secret) -> Secret {
    let record::Secret { name, value_from } = record;
    Secret { name: Some(name), value_from: Some(value_from) }
}

/// `dependsOn[]`.
pub(super) fn dependency(record: record::Dependency) -> ContainerDependency {
    let record::Dependency { container_name, condition } = record;
    ContainerDependency { container_name: Some(container_name), condition: Some(condition.as_str().into()) }
}

/// `restartPolicy`.
pub(super) fn restart_policy(record: record::RestartPolicy) -> ContainerRestartPolicy {
    let record::RestartPolicy { enabled, ignored_exit_codes, restart_attempt_period } = record;
    ContainerRestartPolicy { enabled: Some(enabled), ignored_exit_codes, restart_attempt_period }
}

/// `healthCheck`.
pub(super) fn health_check(record: record::HealthCheck) -> HealthCheck {
    let record::HealthCheck { command, interval, timeout, retries, start_period } = record;
    HealthCheck {
        command: Some(command),
        interval: Some(interval.unwrap_or(INTERVAL_S)),
        timeout: Some(timeout.unwrap_or(TIMEOUT_S)),
        retries: Some(retries.unwrap_or(RETRIES)),
        start_period,
    }
}

/// `ulimits[]`.
pub(super) fn ulimit(record: record::Ulimit) -> Ulimit {
    let record::Ulimit { name, soft_limit, hard_limit } = record;
    Ulimit { name: Some(name.as_str().into()), soft_limit: Some(soft_limit), hard_limit: Some(hard_limit) }
}
