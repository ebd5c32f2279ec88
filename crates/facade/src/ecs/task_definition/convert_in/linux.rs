//! `linuxParameters` and `systemControls`.

use super::given::{present, required, some_try_each, word};
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    Device, DeviceCgroupPermission, KernelCapabilities, LinuxParameters, SystemControl, Tmpfs,
};

/// `linuxParameters`.
pub(super) fn linux_parameters(shape: LinuxParameters) -> Result<record::LinuxParameters, Fault> {
    let LinuxParameters {
        capabilities,
        devices,
        init_process_enabled,
        shared_memory_size,
        tmpfs,
        max_swap,
        swappiness,
    } = shape;
    Ok(record::LinuxParameters {
        capabilities: capabilities.map(kernel_capabilities),
        devices: some_try_each(devices, device)?,
        init_process_enabled,
        shared_memory_size,
        tmpfs: some_try_each(tmpfs, tmpfs_mount)?,
        max_swap,
        swappiness,
    })
}

fn kernel_capabilities(shape: KernelCapabilities) -> record::Capabilities {
    let KernelCapabilities { add, drop } = shape;
    record::Capabilities { add, drop }
}

fn device(shape: Device) -> Result<record::Device, Fault> {
    let Device { host_path, container_path, permissions } = shape;
    let host_path = required(host_path, "Device.hostPath")?;
    Ok(record::Device { host_path, container_path, permissions: some_try_each(permissions, permission)? })
}

fn permission(value: DeviceCgroupPermission) -> Result<String, Fault> {
    word(value.as_str(), "Device permission", DeviceCgroupPermission::VALUES)
}

fn tmpfs_mount(shape: Tmpfs) -> Result<record::Tmpfs, Fault> {
    let Tmpfs { container_path, size, mount_options } = shape;
    Ok(record::Tmpfs {
        container_path: required(container_path, "Tmpfs.containerPath")?,
        size: present(size, "Tmpfs.size")?,
        mount_options,
    })
}

/// `systemControls[]`.
pub(super) fn system_control(shape: SystemControl) -> record::SystemControl {
    let SystemControl { namespace, value } = shape;
    record::SystemControl { namespace, value }
}
