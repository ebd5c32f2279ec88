//! A container of a task definition, member by member as AWS names them.
#![allow(missing_docs, reason = "members carry AWS's names and mean what the ContainerDefinition shape says")]

use super::linux::LinuxParameters;
use crate::status::Transport;
use std::collections::BTreeMap;

record! {
    /// AWS's ContainerDefinition. `None` means absent, which is not the same as an empty list.
    pub struct ContainerDefinition {
        pub name: String,
        pub image: String,
        pub repository_credentials: Option<String>,
        pub cpu: Option<i32>,
        pub memory: Option<i32>,
        pub memory_reservation: Option<i32>,
        pub links: Option<Vec<String>>,
        pub port_mappings: Option<Vec<PortMapping>>,
        pub essential: Option<bool>,
        pub restart_policy: Option<RestartPolicy>,
        pub entry_point: Option<Vec<String>>,
        pub command: Option<Vec<String>>,
        pub environment: Option<Vec<KeyValue>>,
        pub environment_files: Option<Vec<EnvironmentFile>>,
        pub mount_points: Option<Vec<MountPoint>>,
        pub volumes_from: Option<Vec<VolumeFrom>>,
        pub linux_parameters: Option<LinuxParameters>,
        pub secrets: Option<Vec<Secret>>,
        pub depends_on: Option<Vec<Dependency>>,
        pub start_timeout: Option<i32>,
        pub stop_timeout: Option<i32>,
        pub version_consistency: Option<String>,
        pub hostname: Option<String>,
        pub user: Option<String>,
        pub working_directory: Option<String>,
        pub disable_networking: Option<bool>,
        pub privileged: Option<bool>,
        pub readonly_root_filesystem: Option<bool>,
        pub dns_servers: Option<Vec<String>>,
        pub dns_search_domains: Option<Vec<String>>,
        pub extra_hosts: Option<Vec<HostEntry>>,
        pub docker_security_options: Option<Vec<String>>,
        pub interactive: Option<bool>,
        pub pseudo_terminal: Option<bool>,
        pub docker_labels: Option<BTreeMap<String, String>>,
        pub ulimits: Option<Vec<Ulimit>>,
        pub log_configuration: Option<LogConfiguration>,
        pub health_check: Option<HealthCheck>,
        pub system_controls: Option<Vec<SystemControl>>,
        pub resource_requirements: Option<Vec<ResourceRequirement>>,
        pub firelens_configuration: Option<FirelensConfiguration>,
        pub credential_specs: Option<Vec<String>>,
    }

    pub struct PortMapping {
        pub container_port: Option<i32>,
        pub host_port: Option<i32>,
        pub protocol: Option<Transport>,
        pub name: Option<String>,
        pub app_protocol: Option<String>,
        pub container_port_range: Option<String>,
    }

    pub struct RestartPolicy {
        pub enabled: bool,
        pub ignored_exit_codes: Option<Vec<i32>>,
        pub restart_attempt_period: Option<i32>,
    }

    pub struct KeyValue {
        pub name: Option<String>,
        pub value: Option<String>,
    }

    pub struct EnvironmentFile {
        pub value: String,
        pub kind: String,
    }

    pub struct MountPoint {
        pub source_volume: Option<String>,
        pub container_path: Option<String>,
        pub read_only: Option<bool>,
    }

    pub struct VolumeFrom {
        pub source_container: Option<String>,
        pub read_only: Option<bool>,
    }

    pub struct Secret {
        pub name: String,
        pub value_from: String,
    }

    pub struct Dependency {
        pub container_name: String,
        pub condition: String,
    }

    pub struct HostEntry {
        pub hostname: String,
        pub ip_address: String,
    }

    pub struct Ulimit {
        pub name: String,
        pub soft_limit: i32,
        pub hard_limit: i32,
    }

    pub struct LogConfiguration {
        pub log_driver: String,
        pub options: Option<BTreeMap<String, String>>,
        pub secret_options: Option<Vec<Secret>>,
    }

    pub struct HealthCheck {
        pub command: Vec<String>,
        pub interval: Option<i32>,
        pub timeout: Option<i32>,
        pub retries: Option<i32>,
        pub start_period: Option<i32>,
    }

    pub struct SystemControl {
        pub namespace: Option<String>,
        pub value: Option<String>,
    }

    pub struct ResourceRequirement {
        pub kind: String,
        pub value: Option<String>,
        pub sharing_strategy: Option<SharingStrategy>,
    }

    pub struct SharingStrategy {
        pub nvidia_mps: Option<NvidiaMps>,
    }

    pub struct NvidiaMps {
        pub memory: i32,
        pub max_compute_percent: Option<i32>,
    }

    pub struct FirelensConfiguration {
        pub kind: String,
        pub options: Option<BTreeMap<String, String>>,
    }
}

impl ContainerDefinition {
    /// AWS's default: a container is essential unless it says otherwise.
    pub fn is_essential(&self) -> bool {
        self.essential.unwrap_or(true)
    }
}
