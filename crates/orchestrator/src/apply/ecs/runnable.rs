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
    use std::collections::BTreeSet;

    /// A field and a value, in the form of rows, that asks for something.
    type Sample = (&'static str, &'static str);

    const OF_TASK: &[Sample] = &[
        ("placementConstraints", r#"{"placement_constraints": [{"kind": "memberOf"}]}"#),
        ("pidMode", r#"{"pid_mode": "task"}"#),
        ("ipcMode", r#"{"ipc_mode": "none"}"#),
        ("proxyConfiguration", r#"{"proxy_configuration": {"container_name": "envoy"}}"#),
        (
            "runtimePlatform.operatingSystemFamily",
            r#"{"runtime_platform": {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}}"#,
        ),
        ("trustedExecutionConfiguration", r#"{"trusted_execution": {"isolation_mode": "ISOLATED_SANDBOX"}}"#),
    ];

    const OF_VOLUME: &[Sample] = &[
        ("host.sourcePath", r#"{"host": {"source_path": "/srv"}}"#),
        ("dockerVolumeConfiguration", r#"{"docker": {}}"#),
        ("efsVolumeConfiguration", r#"{"efs": {}}"#),
        ("s3filesVolumeConfiguration", r#"{"s3_files": {}}"#),
        ("fsxWindowsFileServerVolumeConfiguration", r#"{"fsx_windows": {}}"#),
        ("configuredAtLaunch", r#"{"configured_at_launch": true}"#),
    ];

    const OF_CONTAINER: &[Sample] = &[
        ("repositoryCredentials", r#"{"repository_credentials": "arn"}"#),
        ("links", r#"{"links": ["db"]}"#),
        ("restartPolicy", r#"{"restart_policy": {"enabled": true}}"#),
        ("environmentFiles", r#"{"environment_files": [{}]}"#),
        ("volumesFrom", r#"{"volumes_from": [{}]}"#),
        ("linuxParameters.devices", r#"{"linux_parameters": {"devices": [{}]}}"#),
        ("linuxParameters.initProcessEnabled", r#"{"linux_parameters": {"init_process_enabled": true}}"#),
        ("linuxParameters.sharedMemorySize", r#"{"linux_parameters": {"shared_memory_size": 64}}"#),
        ("linuxParameters.tmpfs", r#"{"linux_parameters": {"tmpfs": [{}]}}"#),
        ("linuxParameters.maxSwap", r#"{"linux_parameters": {"max_swap": 0}}"#),
        ("linuxParameters.swappiness", r#"{"linux_parameters": {"swappiness": 60}}"#),
        ("secrets", r#"{"secrets": [{}]}"#),
        ("dependsOn", r#"{"depends_on": [{}]}"#),
        ("hostname", r#"{"hostname": "web"}"#),
        ("disableNetworking", r#"{"disable_networking": true}"#),
        ("privileged", r#"{"privileged": true}"#),
        ("dnsServers", r#"{"dns_servers": ["10.0.0.2"]}"#),
        ("dnsSearchDomains", r#"{"dns_search_domains": ["example.com"]}"#),
        ("extraHosts", r#"{"extra_hosts": [{}]}"#),
        ("dockerSecurityOptions", r#"{"docker_security_options": ["no-new-privileges"]}"#),
        ("interactive", r#"{"interactive": true}"#),
        ("pseudoTerminal", r#"{"pseudo_terminal": true}"#),
        ("ulimits", r#"{"ulimits": [{}]}"#),
        ("logConfiguration.logDriver", r#"{"log_configuration": {"log_driver": "splunk"}}"#),
        (
            "logConfiguration.secretOptions",
            r#"{"log_configuration": {"log_driver": "awslogs", "secret_options": [{}]}}"#,
        ),
        ("healthCheck", r#"{"health_check": {}}"#),
        ("systemControls", r#"{"system_controls": [{}]}"#),
        ("resourceRequirements", r#"{"resource_requirements": [{}]}"#),
        ("firelensConfiguration", r#"{"firelens_configuration": {}}"#),
        ("credentialSpecs", r#"{"credential_specs": ["credentialspec:arn"]}"#),
    ];

    fn content(json: &str) -> TaskDefinitionContent {
        serde_json::from_str(json).unwrap()
    }

    /// A definition whose second container has these members.
    fn with_container(members: &str) -> TaskDefinitionContent {
        let plain = ContainerDefinition { name: "plain".into(), ..ContainerDefinition::default() };
        let members: ContainerDefinition = serde_json::from_str(members).unwrap();
        let app = ContainerDefinition { name: "app".into(), ..members };
        TaskDefinitionContent { containers: vec![plain, app], ..TaskDefinitionContent::default() }
    }

    /// Each sample as a definition, with the path and the container that its refusal names.
    fn samples() -> Vec<(String, Option<String>, TaskDefinitionContent)> {
        let of_task = OF_TASK.iter().map(|(path, json)| (path.to_string(), None, content(json)));
        let of_volume = OF_VOLUME.iter().map(|(path, json)| {
            (format!("volumes[].{path}"), None, content(&format!(r#"{{"volumes": [{{}}, {json}]}}"#)))
        });
        let of_container = OF_CONTAINER.iter().map(|(path, json)| {
            (format!("containerDefinitions[].{path}"), Some("app".to_owned()), with_container(json))
        });
        of_task.chain(of_container).chain(of_volume).collect()
    }

    #[test]
    fn each_field_is_refused_by_its_name() {
        for (path, expected, definition) in samples() {
            let Some(Refusal::NotRunnable { field, container }) = first_unrunnable(&definition) else {
                panic!("{path} should be refused");
            };
            assert_eq!((field, container), (path.as_str(), expected));
        }
    }

    #[test]
    fn no_field_is_without_a_sample() {
        let sampled: BTreeSet<String> = samples().into_iter().map(|(path, ..)| path).collect();
        assert_eq!(sampled, unrunnable_fields().map(str::to_owned).collect());
    }

    #[test]
    fn fields_that_ask_for_nothing_run() {
        let definition = with_container(
            r#"{
                "essential": true, "privileged": false, "links": [], "secrets": [], "stop_timeout": 5,
                "restart_policy": {"enabled": false}, "interactive": false, "disable_networking": false,
                "linux_parameters": {"capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]}, "devices": []},
                "log_configuration": {"log_driver": "awslogs", "options": {"awslogs-group": "g"}, "secret_options": []}
            }"#,
        );
        assert_eq!(first_unrunnable(&definition), None);
        let task = content(
            r#"{
                "task_role_arn": "role", "ephemeral_storage_gib": 30, "enable_fault_injection": true,
                "volumes": [{"name": "scratch", "host": {}, "configured_at_launch": false}],
                "runtime_platform": {"operating_system_family": "LINUX", "cpu_architecture": "ARM64"},
                "trusted_execution": {"isolation_mode": "SHARED"}
            }"#,
        );
        assert_eq!(first_unrunnable(&task), None);
    }
}
