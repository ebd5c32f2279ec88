//! Settings of the task as a whole.

use super::some_each;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    EphemeralStorage, KeyValuePair, ProxyConfiguration, RuntimePlatform, TaskDefinitionPlacementConstraint,
    TrustedExecutionConfiguration,
};

/// `placementConstraints[]`.
pub(super) fn placement_constraint(record: record::PlacementConstraint) -> TaskDefinitionPlacementConstraint {
    let record::PlacementConstraint { kind, expression } = record;
    TaskDefinitionPlacementConstraint { r#type: kind.map(|word| word.as_str().into()), expression }
}

/// `proxyConfiguration`.
pub(super) fn proxy_configuration(record: record::ProxyConfiguration) -> ProxyConfiguration {
    let record::ProxyConfiguration { kind, container_name, properties } = record;
    ProxyConfiguration {
        r#type: kind.map(|word| word.as_str().into()),
        container_name: Some(container_name),
        properties: some_each(properties, |(name, value)| KeyValuePair { name, value }),
    }
}

/// `ephemeralStorage`.
pub(super) fn ephemeral_storage(gib: u32) -> EphemeralStorage {
    EphemeralStorage { size_in_gi_b: Some(i32::try_from(gib).unwrap_or(i32::MAX)) }
}

/// `runtimePlatform`.
pub(super) fn runtime_platform(record: record::RuntimePlatform) -> RuntimePlatform {
    let record::RuntimePlatform { cpu_architecture, operating_system_family } = record;
    RuntimePlatform {
        cpu_architecture: cpu_architecture.map(|word| word.as_str().into()),
        operating_system_family: operating_system_family.map(|word| word.as_str().into()),
    }
}

/// `trustedExecutionConfiguration`.
pub(super) fn trusted_execution(record: record::TrustedExecution) -> TrustedExecutionConfiguration {
    let record::TrustedExecution { isolation_mode, attestation_policy } = record;
    TrustedExecutionConfiguration { isolation_mode: Some(isolation_mode.as_str().into()), attestation_policy }
}
