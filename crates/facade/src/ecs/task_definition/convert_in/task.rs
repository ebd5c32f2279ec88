//! Settings of the task as a whole.

use super::super::validate::invalid_setting;
use super::given::{known, present, required, some_each, word};
use crate::Fault;
use crate::ecs::fault::invalid;
use crate::ecs::size;
use gantry_model::record::task_definition as record;
use gantry_model::status;
use gantry_shapes::ecs::{
    CPUArchitecture, Compatibility, EphemeralStorage, IpcMode, IsolationMode, KeyValuePair, NetworkMode,
    OSFamily, PidMode, ProxyConfiguration, ProxyConfigurationType, RuntimePlatform,
    TaskDefinitionPlacementConstraint, TaskDefinitionPlacementConstraintType, TrustedExecutionConfiguration,
};

/// `cpu` of the task.
pub(super) fn cpu_units(text: String) -> Result<u32, Fault> {
    size::cpu_units(&text).ok_or_else(|| bad_size(&text, "cpu"))
}

/// `memory` of the task.
pub(super) fn memory_mib(text: String) -> Result<u32, Fault> {
    size::memory_mib(&text).ok_or_else(|| bad_size(&text, "memory"))
}

/// ECS words an empty text in an older way than one that it cannot read.
fn bad_size(text: &str, member: &str) -> Fault {
    if text.is_empty() {
        invalid(format!("Invalid '{member}' setting for task."))
    } else {
        invalid_setting(member)
    }
}

/// `networkMode`.
pub(super) fn network_mode(value: NetworkMode) -> Result<status::NetworkMode, Fault> {
    known(value.as_str(), "Network mode", NetworkMode::VALUES)
}

/// `requiresCompatibilities[]`.
pub(super) fn compatibility(value: Compatibility) -> Result<status::LaunchType, Fault> {
    known(value.as_str(), "Compatibility", Compatibility::VALUES)
}

/// `pidMode`.
pub(super) fn pid_mode(value: PidMode) -> Result<String, Fault> {
    word(value.as_str(), "PID mode", PidMode::VALUES)
}

/// `ipcMode`.
pub(super) fn ipc_mode(value: IpcMode) -> Result<String, Fault> {
    word(value.as_str(), "IPC mode", IpcMode::VALUES)
}

/// `placementConstraints[]`.
pub(super) fn placement_constraint(
    shape: TaskDefinitionPlacementConstraint,
) -> Result<record::PlacementConstraint, Fault> {
    let TaskDefinitionPlacementConstraint { r#type, expression } = shape;
    let words = TaskDefinitionPlacementConstraintType::VALUES;
    let kind = r#type.map(|kind| word(kind.as_str(), "Placement constraint type", words)).transpose()?;
    Ok(record::PlacementConstraint { kind, expression })
}

/// `proxyConfiguration`.
pub(super) fn proxy_configuration(shape: ProxyConfiguration) -> Result<record::ProxyConfiguration, Fault> {
    let ProxyConfiguration { r#type, container_name, properties } = shape;
    let words = ProxyConfigurationType::VALUES;
    Ok(record::ProxyConfiguration {
        kind: r#type.map(|kind| word(kind.as_str(), "Proxy configuration type", words)).transpose()?,
        container_name: required(container_name, "ProxyConfiguration.containerName")?,
        properties: some_each(properties, |KeyValuePair { name, value }| (name, value)),
    })
}

/// `ephemeralStorage`; a size below zero is too small like any other.
pub(super) fn ephemeral_storage(shape: EphemeralStorage) -> Result<u32, Fault> {
    let EphemeralStorage { size_in_gi_b } = shape;
    Ok(present(size_in_gi_b, "EphemeralStorage.sizeInGiB")?.max(0).unsigned_abs())
}

/// `runtimePlatform`.
pub(super) fn runtime_platform(shape: RuntimePlatform) -> Result<record::RuntimePlatform, Fault> {
    let RuntimePlatform { cpu_architecture, operating_system_family } = shape;
    let architecture =
        |value: CPUArchitecture| word(value.as_str(), "CPU architecture", CPUArchitecture::VALUES);
    let family = |value: OSFamily| word(value.as_str(), "Operating system family", OSFamily::VALUES);
    Ok(record::RuntimePlatform {
        cpu_architecture: cpu_architecture.map(architecture).transpose()?,
        operating_system_family: operating_system_family.map(family).transpose()?,
    })
}

/// `trustedExecutionConfiguration`.
pub(super) fn trusted_execution(
    shape: TrustedExecutionConfiguration,
) -> Result<record::TrustedExecution, Fault> {
    let TrustedExecutionConfiguration { isolation_mode, attestation_policy } = shape;
    let mode = present(isolation_mode, "TrustedExecutionConfiguration.isolationMode")?;
    let isolation_mode = word(mode.as_str(), "Isolation mode", IsolationMode::VALUES)?;
    Ok(record::TrustedExecution { isolation_mode, attestation_policy })
}
