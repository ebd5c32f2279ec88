//! `containerDefinitions[]`.

use super::{filled_each, linux, logs, network, process, resource, some_each, storage};
use gantry_model::record::task_definition as record;
use gantry_model::status::NetworkMode;
use gantry_shapes::ecs::{ContainerDefinition, RepositoryCredentials};

/// A container, whose host ports depend on the task's network mode.
pub(super) fn container(
    record: record::ContainerDefinition,
    mode: Option<NetworkMode>,
) -> ContainerDefinition {
    #[rustfmt::skip] // one line per theme
    let record::ContainerDefinition {
        name, image, repository_credentials, version_consistency,
        cpu, memory, memory_reservation, resource_requirements, ulimits,
        links, port_mappings, hostname, disable_networking, dns_servers, dns_search_domains, extra_hosts,
        essential, restart_policy, depends_on, start_timeout, stop_timeout, health_check,
        entry_point, command, environment, environment_files, secrets, user, working_directory,
        mount_points, volumes_from, readonly_root_filesystem,
        linux_parameters, system_controls, privileged, docker_security_options, credential_specs,
        interactive, pseudo_terminal, docker_labels, log_configuration, firelens_configuration,
    } = record;
    let credentials = |parameter| RepositoryCredentials { credentials_parameter: Some(parameter) };
    ContainerDefinition {
        name: Some(name),
        image: Some(image),
        repository_credentials: repository_credentials.map(credentials),
        cpu: Some(cpu.unwrap_or(0)),
        memory,
        memory_reservation,
        links,
        port_mappings: filled_each(port_mappings, |mapping| network::port_mapping(mapping, mode)),
        essential: Some(essential.unwrap_or(true)),
        restart_policy: restart_policy.map(process::restart_policy),
        entry_point,
        command,
        environment: filled_each(environment, process::key_value),
        environment_files: some_each(environment_files, process::environment_file),
        mount_points: filled_each(mount_points, storage::mount_point),
        volumes_from: filled_each(volumes_from, storage::volume_from),
        linux_parameters: linux_parameters.map(linux::linux_parameters),
        secrets: some_each(secrets, process::secret),
        depends_on: some_each(depends_on, process::dependency),
        start_timeout,
        stop_timeout,
        version_consistency: version_consistency.map(|word| word.as_str().into()),
        hostname,
        user,
        working_directory,
        disable_networking,
        privileged,
        readonly_root_filesystem,
        dns_servers,
        dns_search_domains,
        extra_hosts: some_each(extra_hosts, network::host_entry),
        docker_security_options,
        interactive,
        pseudo_terminal,
        docker_labels,
        ulimits: some_each(ulimits, process::ulimit),
        log_configuration: log_configuration.map(logs::log_configuration),
        health_check: health_check.map(process::health_check),
        system_controls: filled_each(system_controls, linux::system_control),
        resource_requirements: some_each(resource_requirements, resource::resource_requirement),
        firelens_configuration: firelens_configuration.map(logs::firelens_configuration),
        credential_specs,
    }
}
