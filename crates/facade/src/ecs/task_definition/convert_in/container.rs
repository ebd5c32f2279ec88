//! `containerDefinitions[]`.

use super::given::{required, some_each, some_try_each, word};
use super::{linux, logs, network, process, resource, storage};
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{ContainerDefinition, VersionConsistency};

/// A container.
pub(super) fn container(shape: ContainerDefinition) -> Result<record::ContainerDefinition, Fault> {
    #[rustfmt::skip] // one line per theme
    let ContainerDefinition {
        name, image, repository_credentials, version_consistency,
        cpu, memory, memory_reservation, resource_requirements, ulimits,
        links, port_mappings, hostname, disable_networking, dns_servers, dns_search_domains, extra_hosts,
        essential, restart_policy, depends_on, start_timeout, stop_timeout, health_check,
        entry_point, command, environment, environment_files, secrets, user, working_directory,
        mount_points, volumes_from, readonly_root_filesystem,
        linux_parameters, system_controls, privileged, docker_security_options, credential_specs,
        interactive, pseudo_terminal, docker_labels, log_configuration, firelens_configuration,
    } = shape;
    Ok(record::ContainerDefinition {
        name: required(name, "Container.name")?,
        image: required(image, "Container.image")?,
        repository_credentials: repository_credentials.map(process::repository_credentials).transpose()?,
        cpu,
        memory,
        memory_reservation,
        links,
        port_mappings: some_try_each(port_mappings, network::port_mapping)?,
        essential,
        restart_policy: restart_policy.map(process::restart_policy).transpose()?,
        entry_point,
        command,
        environment: some_each(environment, process::key_value),
        environment_files: some_try_each(environment_files, process::environment_file)?,
        mount_points: some_each(mount_points, storage::mount_point),
        volumes_from: some_each(volumes_from, storage::volume_from),
        linux_parameters: linux_parameters.map(linux::linux_parameters).transpose()?,
        secrets: some_try_each(secrets, process::secret)?,
        depends_on: some_try_each(depends_on, process::dependency)?,
        start_timeout,
        stop_timeout,
        version_consistency: version_consistency.map(consistency).transpose()?,
        hostname,
        user,
        working_directory,
        disable_networking,
        privileged,
        readonly_root_filesystem,
        dns_servers,
        dns_search_domains,
        extra_hosts: some_try_each(extra_hosts, network::host_entry)?,
        docker_security_options,
        interactive,
        pseudo_terminal,
        docker_labels,
        ulimits: some_try_each(ulimits, process::ulimit)?,
        log_configuration: log_configuration.map(logs::log_configuration).transpose()?,
        health_check: health_check.map(process::health_check).transpose()?,
        system_controls: some_each(system_controls, linux::system_control),
        resource_requirements: some_try_each(resource_requirements, resource::resource_requirement)?,
        firelens_configuration: firelens_configuration.map(logs::firelens_configuration).transpose()?,
        credential_specs,
    })
}

fn consistency(value: VersionConsistency) -> Result<String, Fault> {
    word(value.as_str(), "Version consistency", VersionConsistency::VALUES)
}
