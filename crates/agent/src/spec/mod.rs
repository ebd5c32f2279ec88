//! What was assigned, and what its image says → what the runtime makes. Pure.

mod command;
mod environment;
mod rights;

use crate::folders::Folders;
use gantry_engine::Failure;
use gantry_model::view::{AssignedContainer, AssignedTask};
use gantry_runtime::api::{
    BindMount, ContainerId, ContainerSpec, CpuQuota, Limits, LogSpec, PIDS_DEFAULT, UnknownCapability,
};
use gantry_runtime::image::Image;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// Bytes of a MiB.
const MIB: u64 = 1024 * 1024;

/// The least weight that the kernel takes. ECS gives it to a container that asks for no CPU of its own
/// (ContainerDefinition, `cpu`: "null and zero CPU values are passed to Docker as two CPU shares").
const CPU_SHARES_MIN: u64 = 2;

/// A container cannot be made from what was assigned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpecError {
    /// Neither the task definition nor the image says what to run; Docker's words.
    #[error("No command specified")]
    NoCommand,
    /// A capability that Linux does not have.
    #[error("invalid CapAdd or CapDrop")]
    Capability(#[from] UnknownCapability),
    /// `runtimeId` cannot name a container.
    #[error("the container cannot be named")]
    Name(#[from] gantry_runtime::api::InvalidContainerId),
    /// A mount names a volume that the task does not have.
    #[error("the task has no volume {0}")]
    NoVolume(String),
}

impl From<SpecError> for Failure {
    fn from(error: SpecError) -> Self {
        crate::perform::failure(&error, false)
    }
}

/// The name of a container in the runtime.
pub(crate) fn container_id(container: &AssignedContainer) -> Result<ContainerId, SpecError> {
    Ok(ContainerId::parse(&container.runtime_id)?)
}

/// All of a container.
pub(crate) fn container_spec(
    task: &AssignedTask,
    container: &AssignedContainer,
    image: &Image,
    folders: &Folders,
    namespace: OwnedFd,
) -> Result<ContainerSpec, SpecError> {
    let args = command::args(container, &image.config);
    if args.is_empty() {
        return Err(SpecError::NoCommand);
    }
    let id = container_id(container)?;
    let log = LogSpec::in_dir(folders.container_logs(task.id, &container.name));
    let defaults = ContainerSpec::new(id, &task.id.to_string(), image.layers.clone(), args, log);
    Ok(ContainerSpec {
        image: container.image.clone(),
        task_limits: task_limits(task),
        limits: container_limits(container),
        env: environment::variables(task, container, &image.config.env),
        cwd: container.working_directory.clone().unwrap_or_else(|| image.config.working_dir.clone()),
        user: container.user.clone().unwrap_or_else(|| image.config.user.clone()),
        hostname: task.network.private_dns_name.clone(),
        netns: Some(namespace),
        mounts: mounts(task, container, folders)?,
        capabilities: rights::capabilities(&container.capabilities_added, &container.capabilities_dropped)?,
        readonly_rootfs: container.readonly_root,
        ..defaults
    })
}

/// A task of Fargate has its CPU to itself: a hard limit.
fn task_limits(task: &AssignedTask) -> Limits {
    Limits {
        memory_bytes_max: task.memory_mib.map(|mib| u64::from(mib) * MIB),
        cpu_quota: task.cpu_units.map(|units| CpuQuota::of_millicpus(u64::from(units) * 1000 / 1024)),
        ..Limits::default()
    }
}

fn container_limits(container: &AssignedContainer) -> Limits {
    Limits {
        memory_bytes_max: container.memory_mib.map(|mib| u64::from(mib) * MIB),
        memory_bytes_soft: container.memory_reservation_mib.map(|mib| u64::from(mib) * MIB),
        cpu_shares: Some(u64::from(container.cpu_units).max(CPU_SHARES_MIN)),
        cpu_quota: None,
        pids_max: Some(PIDS_DEFAULT),
    }
}

/// The task's volumes, and the files that Docker mounts into every container.
fn mounts(
    task: &AssignedTask,
    container: &AssignedContainer,
    folders: &Folders,
) -> Result<Vec<BindMount>, SpecError> {
    let files = folders.task_files(task.id);
    let etc = ["hosts", "hostname", "resolv.conf"].map(|name| BindMount {
        source: files.join(name),
        target: format!("/etc/{name}"),
        read_only: container.readonly_root,
    });
    let volumes = container.mounts.iter().map(|mount| {
        let index = task.volumes.iter().position(|name| *name == mount.volume);
        let index = index.ok_or_else(|| SpecError::NoVolume(mount.volume.clone()))?;
        let source: PathBuf = folders.volume(task.id, index);
        Ok(BindMount { source, target: mount.container_path.clone(), read_only: mount.read_only })
    });
    volumes.chain(etc.map(Ok)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gantry_model::view::assignment::{AssignedMount, AssignedNetwork};
    use gantry_model::{AttachmentId, EniId, TaskId, VpcId};
    use gantry_runtime::image::ImageConfig;
    use std::path::Path;

    pub(crate) fn task() -> AssignedTask {
        let container = AssignedContainer {
            name: "web".into(),
            runtime_id: format!("{}-1", TaskId([1; 16])),
            image: "gantry/hello".into(),
            essential: true,
            mounts: vec![AssignedMount {
                volume: "two".into(),
                container_path: "/data".into(),
                read_only: true,
            }],
            memory_mib: Some(128),
            ..AssignedContainer::default()
        };
        AssignedTask {
            id: TaskId([1; 16]),
            arn: "arn:aws:ecs:us-east-1:123456789012:task/demo/01010101010101010101010101010101".into(),
            cluster_arn: "arn:aws:ecs:us-east-1:123456789012:cluster/demo".into(),
            cluster: "demo".into(),
            family: "hello".into(),
            revision: 1,
            account: "123456789012".into(),
            region: "us-east-1".into(),
            zone: "us-east-1a".into(),
            launch_type: "FARGATE".into(),
            cpu_units: Some(256),
            memory_mib: Some(512),
            network: AssignedNetwork {
                attachment: AttachmentId([4; 16]),
                eni: EniId(5),
                address: [172, 31, 0, 4].into(),
                mac: "02:00:ac:1f:00:04".into(),
                subnet_cidr: "172.31.0.0/20".into(),
                vpc: VpcId(6),
                private_dns_name: "ip-172-31-0-4.ec2.internal".into(),
            },
            volumes: vec!["one".into(), "two".into()],
            containers: vec![container],
            at_most_one: false,
        }
    }

    fn spec(task: &AssignedTask) -> Result<ContainerSpec, SpecError> {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::open(folder.path()).unwrap();
        let image = Image {
            reference: "gantry/hello".parse().unwrap(),
            digest: format!("sha256:{}", "0".repeat(64)).parse().unwrap(),
            config: ImageConfig { cmd: vec!["serve".into()], user: "app".into(), ..ImageConfig::default() },
            layers: vec!["/layer".into()],
        };
        let namespace = std::fs::File::open("/proc/self/ns/net").unwrap().into();
        container_spec(task, &task.containers[0], &image, &folders, namespace)
    }

    #[test]
    fn limits_are_the_kernels_units() {
        let spec = spec(&task()).unwrap();
        assert_eq!(spec.task_limits.cpu_quota, Some(CpuQuota::of_millicpus(250)));
        assert_eq!(spec.task_limits.memory_bytes_max, Some(512 * MIB));
        assert_eq!(spec.limits.memory_bytes_max, Some(128 * MIB));
        assert_eq!((spec.limits.cpu_shares, spec.limits.pids_max), (Some(2), Some(4096)));
        assert_eq!((spec.user.as_str(), spec.hostname.as_str()), ("app", "ip-172-31-0-4.ec2.internal"));
    }

    #[test]
    fn volumes_are_found_by_their_number_and_etc_is_the_tasks() {
        let mounts = spec(&task()).unwrap().mounts;
        let volume = Path::new("scratch/01010101010101010101010101010101/volumes/1");
        assert!(mounts[0].source.ends_with(volume), "{mounts:?}");
        assert_eq!((mounts[0].target.as_str(), mounts[0].read_only), ("/data", true));
        let targets: Vec<_> =
            mounts[1..].iter().map(|mount| (mount.target.as_str(), mount.read_only)).collect();
        assert_eq!(targets, [("/etc/hosts", false), ("/etc/hostname", false), ("/etc/resolv.conf", false)]);
    }

    #[test]
    fn what_cannot_be_made_says_why() {
        let mut task = task();
        task.volumes.pop();
        assert_eq!(spec(&task).unwrap_err().to_string(), "the task has no volume two");
        task.containers[0].mounts.clear();
        task.containers[0].capabilities_added = vec!["SYS_MAGIC".into()];
        let failure = Failure::from(spec(&task).unwrap_err());
        assert_eq!(failure.text, "invalid CapAdd or CapDrop: \"SYS_MAGIC\" is not the name of a capability");
    }
}
