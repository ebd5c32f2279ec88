//! `linuxParameters` and `systemControls`.

use super::some_each;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    Device, DeviceCgroupPermission, KernelCapabilities, LinuxParameters, SystemControl, Tmpfs,
};

/// `linuxParameters`.
pub(super) fn linux_parameters(record: record::LinuxParameters) -> LinuxParameters {
    let record::LinuxParameters {
        capabilities,
        devices,
        init_process_enabled,
        shared_memory_size,
        tmpfs,
        max_swap,
        swappiness,
    } = record;
    LinuxParameters {
        capabilities: capabilities.map(kernel_capabilities),
        devices: some_each(devices, device),
        init_process_enabled,
        shared_memory_size,
        tmpfs: some_each(tmpfs, tmpfs_mount),
        max_swap,
        swappiness,
    }
}

fn kernel_capabilities(record: record::Capabilities) -> KernelCapabilities {
    let record::Capabilities { add, drop } = record;
    KernelCapabilities { add, drop }
}

fn device(record: record::Device) -> Device {
    let record::Device { host_path, container_path, permissions } = record;
    let permissions = some_each(permissions, |word| DeviceCgroupPermission::from(word.as_str()));
    Device { host_path: Some(host_path), container_path, permissions }
}

fn tmpfs_mount(record: record::Tmpfs) -> Tmpfs {
    let record::Tmpfs { container_path, size, mount_options } = record;
    Tmpfs { container_path: Some(container_path), size: Some(size), mount_options }
}

/// `systemControls[]`.
pub(super) fn system_control(record: record::SystemControl) -> SystemControl {
    let record::SystemControl { namespace, value } = record;
    SystemControl { namespace, value }
}
