//! Which fields of a task definition are kept but cannot be run yet: RunTask says which one, nothing is silently ignored.
//!
//! Takes in what the user registered; gives out the first field that stands in the way. One line per field: its path as
//! clients write it, and when it asks for something.

use crate::command::Refusal;
use gantry_model::record::task_definition::{
    ContainerDefinition, LinuxParameters, LogConfiguration, TaskDefinitionContent, Volume,
};

/// A field that cannot be run yet.
struct Field<T> {
    path: &'static str,
    /// Whether the field asks for something; a field that is absent, empty or off does not.
    asks: fn(&T) -> bool,
}

const fn field<T>(path: &'static str, asks: fn(&T) -> bool) -> Field<T> {
    Field { path, asks }
}

/// Log drivers whose lines `gantry logs` shows; the others would lose them.
const LOG_DRIVERS: [&str; 2] = ["awslogs", "json-file"];

const TASK: &[Field<TaskDefinitionContent>] = &[
    field("placementConstraints", |c| !c.placement_constraints.is_empty()),
    field("pidMode", |c| c.pid_mode.is_some()),
    field("ipcMode", |c| c.ipc_mode.is_some()),
    field("proxyConfiguration", |c| c.proxy_configuration.is_some()),
    field("runtimePlatform.operatingSystemFamily", asks_for_windows),
    field("trustedExecutionConfiguration", |c| {
        c.trusted_execution.as_ref().is_some_and(|t| t.isolation_mode != "SHARED")
    }),
];

const VOLUME: &[Field<Volume>] = &[
    field("volumes[].host.sourcePath", |v| v.host.as_ref().is_some_and(|host| host.source_path.is_some())),
    field("volumes[].dockerVolumeConfiguration", |v| v.docker.is_some()),
    field("volumes[].efsVolumeConfiguration", |v| v.efs.is_some()),
    field("volumes[].s3filesVolumeConfiguration", |v| v.s3_files.is_some()),
    field("volumes[].fsxWindowsFileServerVolumeConfiguration", |v| v.fsx_windows.is_some()),
    field("volumes[].configuredAtLaunch", |v| v.configured_at_launch == Some(true)),
];

const CONTAINER: &[Field<ContainerDefinition>] = &[
    field("containerDefinitions[].repositoryCredentials", |c| c.repository_credentials.is_some()),
    field("containerDefinitions[].links", |c| any(&c.links)),
    field("containerDefinitions[].restartPolicy", |c| {
        c.restart_policy.as_ref().is_some_and(|policy| policy.enabled)
    }),
    field("containerDefinitions[].environmentFiles", |c| any(&c.environment_files)),
    field("containerDefinitions[].volumesFrom", |c| any(&c.volumes_from)),
    field("containerDefinitions[].linuxParameters.devices", |c| linux(c, |l| any(&l.devices))),
    field("containerDefinitions[].linuxParameters.initProcessEnabled", |c| {
        linux(c, |l| on(l.init_process_enabled))
    }),
    field("containerDefinitions[].linuxParameters.sharedMemorySize", |c| {
        linux(c, |l| l.shared_memory_size.is_some())
    }),
    field("containerDefinitions[].linuxParameters.tmpfs", |c| linux(c, |l| any(&l.tmpfs))),
    field("containerDefinitions[].linuxParameters.maxSwap", |c| linux(c, |l| l.max_swap.is_some())),
    field("containerDefinitions[].linuxParameters.swappiness", |c| linux(c, |l| l.swappiness.is_some())),
    field("containerDefinitions[].secrets", |c| any(&c.secrets)),
    field("containerDefinitions[].dependsOn", |c| any(&c.depends_on)),
    field("containerDefinitions[].hostname", |c| c.hostname.is_some()),
    field("containerDefinitions[].disableNetworking", |c| on(c.disable_networking)),
    field("containerDefinitions[].privileged", |c| on(c.privileged)),
    field("containerDefinitions[].dnsServers", |c| any(&c.dns_servers)),
    field("containerDefinitions[].dnsSearchDomains", |c| any(&c.dns_search_domains)),
    field("containerDefinitions[].extraHosts", |c| any(&c.extra_hosts)),
    field("containerDefinitions[].dockerSecurityOptions", |c| any(&c.docker_security_options)),
    field("containerDefinitions[].interactive", |c| on(c.interactive)),
    field("containerDefinitions[].pseudoTerminal", |c| on(c.pseudo_terminal)),
    field("containerDefinitions[].ulimits", |c| any(&c.ulimits)),
    field("containerDefinitions[].logConfiguration.logDriver", |c| {
        log(c, |l| !LOG_DRIVERS.contains(&l.log_driver.as_str()))
    }),
    field("containerDefinitions[].logConfiguration.secretOptions", |c| log(c, |l| any(&l.secret_options))),
    field("containerDefinitions[].healthCheck", |c| c.health_check.is_some()),
    field("containerDefinitions[].systemControls", |c| any(&c.system_controls)),
    field("containerDefinitions[].resourceRequirements", |c| any(&c.resource_requirements)),
    field("containerDefinitions[].firelensConfiguration", |c| c.firelens_configuration.is_some()),
    field("containerDefinitions[].credentialSpecs", |c| any(&c.credential_specs)),
];

/// The paths of all fields that can be registered but not run yet, such as `containerDefinitions[].secrets`.
pub fn unrunnable_fields() -> impl Iterator<Item = &'static str> {
    let containers = CONTAINER.iter().map(|field| field.path);
    let volumes = VOLUME.iter().map(|field| field.path);
    TASK.iter().map(|field| field.path).chain(containers).chain(volumes)
}

/// The refusal for the first field of a definition that cannot be run yet.
pub(crate) fn first_unrunnable(content: &TaskDefinitionContent) -> Option<Refusal> {
    let of_task = first(TASK, content).map(|field| refusal(field, None));
    let of_container = || {
        content
            .containers
            .iter()
            .find_map(|c| first(CONTAINER, c).map(|field| refusal(field, Some(c.name.clone()))))
    };
    let of_volume =
        || content.volumes.iter().find_map(|v| first(VOLUME, v)).map(|field| refusal(field, None));
    of_task.or_else(of_container).or_else(of_volume)
}

fn first<T>(fields: &[Field<T>], value: &T) -> Option<&'static str> {
    fields.iter().find(|field| (field.asks)(value)).map(|field| field.path)
}

fn refusal(field: &'static str, container: Option<String>) -> Refusal {
    Refusal::NotRunnable { field, container }
}

fn any<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

fn on(flag: Option<bool>) -> bool {
    flag == Some(true)
}

fn linux(container: &ContainerDefinition, asks: fn(&LinuxParameters) -> bool) -> bool {
    container.linux_parameters.as_ref().is_some_and(asks)
}

fn log(container: &ContainerDefinition, asks: fn(&LogConfiguration) -> bool) -> bool {
    container.log_configuration.as_ref().is_some_and(asks)
}

fn asks_for_windows(content: &TaskDefinitionContent) -> bool {
    let family =
        content.runtime_platform.as_ref().and_then(|platform| platform.operating_system_family.as_deref());
    family.is_some_and(|family| family.starts_with("WINDOWS"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_model::record::task_definition::{
        Capabilities, DockerVolume, EfsVolume, HealthCheck, HostVolume, RestartPolicy, RuntimePlatform,
        Secret, TrustedExecution, Ulimit,
    };

    fn with_container(container: ContainerDefinition) -> TaskDefinitionContent {
        let plain = ContainerDefinition { name: "plain".into(), ..ContainerDefinition::default() };
        let container = ContainerDefinition { name: "app".into(), ..container };
        TaskDefinitionContent { containers: vec![plain, container], ..TaskDefinitionContent::default() }
    }

    fn with_volume(volume: Volume) -> TaskDefinitionContent {
        TaskDefinitionContent { volumes: vec![Volume::default(), volume], ..TaskDefinitionContent::default() }
    }

    fn with_linux(linux: LinuxParameters) -> TaskDefinitionContent {
        with_container(ContainerDefinition {
            linux_parameters: Some(linux),
            ..ContainerDefinition::default()
        })
    }

    #[test]
    fn a_definition_without_such_fields_runs() {
        let capabilities =
            Capabilities { add: Some(vec!["NET_ADMIN".into()]), drop: Some(vec!["ALL".into()]) };
        let content = with_container(ContainerDefinition {
            essential: Some(true),
            privileged: Some(false),
            links: Some(Vec::new()),
            stop_timeout: Some(5),
            restart_policy: Some(RestartPolicy::default()),
            linux_parameters: Some(LinuxParameters {
                capabilities: Some(capabilities),
                init_process_enabled: Some(false),
                ..LinuxParameters::default()
            }),
            log_configuration: Some(LogConfiguration {
                log_driver: "awslogs".into(),
                ..LogConfiguration::default()
            }),
            ..ContainerDefinition::default()
        });
        let volume = Volume {
            host: Some(HostVolume::default()),
            configured_at_launch: Some(false),
            ..Volume::default()
        };
        let platform =
            RuntimePlatform { operating_system_family: Some("LINUX".into()), ..RuntimePlatform::default() };
        let content =
            TaskDefinitionContent { volumes: vec![volume], runtime_platform: Some(platform), ..content };
        assert_eq!(first_unrunnable(&content), None);
    }

    #[test]
    fn the_refusal_names_the_field_and_the_container() {
        let cases = [
            (
                with_container(ContainerDefinition {
                    secrets: Some(vec![Secret::default()]),
                    ..Default::default()
                }),
                "containerDefinitions[].secrets",
            ),
            (
                with_container(ContainerDefinition {
                    ulimits: Some(vec![Ulimit::default()]),
                    ..Default::default()
                }),
                "containerDefinitions[].ulimits",
            ),
            (
                with_container(ContainerDefinition {
                    health_check: Some(HealthCheck::default()),
                    ..Default::default()
                }),
                "containerDefinitions[].healthCheck",
            ),
            (
                with_linux(LinuxParameters {
                    init_process_enabled: Some(true),
                    ..LinuxParameters::default()
                }),
                "containerDefinitions[].linuxParameters.initProcessEnabled",
            ),
            (
                with_container(ContainerDefinition {
                    log_configuration: Some(LogConfiguration {
                        log_driver: "splunk".into(),
                        ..Default::default()
                    }),
                    ..ContainerDefinition::default()
                }),
                "containerDefinitions[].logConfiguration.logDriver",
            ),
        ];
        for (content, field) in cases {
            let container = Some("app".to_owned());
            assert_eq!(
                first_unrunnable(&content),
                Some(Refusal::NotRunnable { field, container }),
                "{field}"
            );
        }
    }

    #[test]
    fn fields_of_the_task_and_its_volumes_name_no_container() {
        let windows = RuntimePlatform {
            operating_system_family: Some("WINDOWS_SERVER_2022_CORE".into()),
            ..RuntimePlatform::default()
        };
        let sandbox =
            TrustedExecution { isolation_mode: "ISOLATED_SANDBOX".into(), ..TrustedExecution::default() };
        let host = HostVolume { source_path: Some("/srv".into()) };
        let cases = [
            (TaskDefinitionContent { pid_mode: Some("task".into()), ..Default::default() }, "pidMode"),
            (
                TaskDefinitionContent { runtime_platform: Some(windows), ..Default::default() },
                "runtimePlatform.operatingSystemFamily",
            ),
            (
                TaskDefinitionContent { trusted_execution: Some(sandbox), ..Default::default() },
                "trustedExecutionConfiguration",
            ),
            (with_volume(Volume { host: Some(host), ..Volume::default() }), "volumes[].host.sourcePath"),
            (
                with_volume(Volume { docker: Some(DockerVolume::default()), ..Volume::default() }),
                "volumes[].dockerVolumeConfiguration",
            ),
            (
                with_volume(Volume { efs: Some(EfsVolume::default()), ..Volume::default() }),
                "volumes[].efsVolumeConfiguration",
            ),
        ];
        for (content, field) in cases {
            assert_eq!(
                first_unrunnable(&content),
                Some(Refusal::NotRunnable { field, container: None }),
                "{field}"
            );
        }
    }
}
