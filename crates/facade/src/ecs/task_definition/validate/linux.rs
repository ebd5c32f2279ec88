//! Linux parameters and kernel parameters.
//! Source: LinuxParameters, KernelCapabilities, Tmpfs, SystemControl; `ipcMode` of RegisterTaskDefinition.

use super::refuse_setting_if;
use crate::Fault;
use gantry_model::record::task_definition::{
    ContainerDefinition, LinuxParameters, SystemControl, TaskDefinitionContent, Tmpfs,
};
use std::ops::RangeInclusive;

/// Values of `swappiness`.
const SWAPPINESS: RangeInclusive<i32> = 0..=100;

/// Capabilities that can be added and dropped.
const CAPABILITIES: [&str; 38] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
];

/// Options of a tmpfs, each alone or followed by `=` and a value.
const TMPFS_OPTIONS: [&str; 39] = [
    "defaults",
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "dirsync",
    "remount",
    "mand",
    "nomand",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "bind",
    "rbind",
    "unbindable",
    "runbindable",
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "mode",
    "uid",
    "gid",
    "nr_inodes",
    "nr_blocks",
    "mpol",
];

/// Kernel parameters of an IPC namespace, beside those below `fs.mqueue.`.
const IPC_PARAMETERS: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        if let Some(parameters) = &container.linux_parameters {
            linux_parameters(container, parameters)?;
        }
        let mut controls = container.system_controls.iter().flatten();
        let allowed = |control: &SystemControl| is_control(control, content.ipc_mode.as_deref());
        refuse_setting_if(!controls.all(allowed), "systemControls", container)?;
    }
    Ok(())
}

fn linux_parameters(container: &ContainerDefinition, parameters: &LinuxParameters) -> Result<(), Fault> {
    let capabilities = parameters.capabilities.as_ref();
    let lists = capabilities.into_iter().flat_map(|both| both.add.iter().chain(&both.drop)).flatten();
    let known = lists.into_iter().all(|name| CAPABILITIES.contains(&name.as_str()));
    refuse_setting_if(!known, "capabilities", container)?;
    let swappiness = parameters.swappiness;
    refuse_setting_if(swappiness.is_some_and(|value| !SWAPPINESS.contains(&value)), "swappiness", container)?;
    refuse_setting_if(parameters.max_swap.is_some_and(i32::is_negative), "maxSwap", container)?;
    let shared_memory = parameters.shared_memory_size;
    refuse_setting_if(shared_memory.is_some_and(i32::is_negative), "sharedMemorySize", container)?;
    refuse_setting_if(!parameters.tmpfs.iter().flatten().all(is_tmpfs), "tmpfs", container)
}

fn is_tmpfs(tmpfs: &Tmpfs) -> bool {
    let known = |option: &String| {
        let name = option.split_once('=').map_or(option.as_str(), |(name, _)| name);
        TMPFS_OPTIONS.contains(&name)
    };
    tmpfs.container_path.starts_with('/') && tmpfs.size > 0 && tmpfs.mount_options.iter().flatten().all(known)
}

/// A kernel parameter of the container's own namespaces, with a value.
fn is_control(control: &SystemControl, ipc_mode: Option<&str>) -> bool {
    let (Some(name), Some(_)) = (control.namespace.as_deref(), &control.value) else { return false };
    let of_ipc = IPC_PARAMETERS.contains(&name) || name.starts_with("fs.mqueue.");
    name.starts_with("net.") || (of_ipc && ipc_mode != Some("host"))
}
