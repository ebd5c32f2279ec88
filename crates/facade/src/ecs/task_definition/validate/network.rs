//! What each network mode does not support in containers.
//! Source: `networkMode` of RegisterTaskDefinition; `links`, `hostname`, `dnsServers`, `dnsSearchDomains`, `extraHosts`,
//! `disableNetworking` and `portMappings` of ContainerDefinition.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::name::is_name;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use gantry_model::status::NetworkMode;

/// Whether a container asks for something, and what ECS says in network mode awsvpc.
type Unsupported = (fn(&ContainerDefinition) -> bool, &'static str);

const UNSUPPORTED_BY_AWSVPC: [Unsupported; 5] = [
    (|c| any(&c.dns_servers), "DNS servers are not supported on container when networkMode=awsvpc."),
    (
        |c| any(&c.dns_search_domains),
        "DNS search domains are not supported on container when networkMode=awsvpc.",
    ),
    (|c| any(&c.extra_hosts), "Extra hosts are not supported on container when networkMode=awsvpc."),
    (|c| c.hostname.is_some(), "hostname is not supported on container when networkMode=awsvpc."),
    (
        |c| c.disable_networking == Some(true),
        "Disable Networking is not supported on container when networkMode=awsvpc.",
    ),
];

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let mode = content.network_mode.unwrap_or(NetworkMode::Bridge);
    for container in &content.containers {
        links(content, container, mode)?;
        match mode {
            NetworkMode::Awsvpc => awsvpc(container)?,
            NetworkMode::None => {
                let message = "Port mappings are not supported on container when networkMode=none.";
                refuse_if(any(&container.port_mappings), message)?;
            }
            NetworkMode::Bridge | NetworkMode::Host => {}
        }
    }
    Ok(())
}

fn awsvpc(container: &ContainerDefinition) -> Result<(), Fault> {
    UNSUPPORTED_BY_AWSVPC.iter().try_for_each(|(asks, message)| refuse_if(asks(container), *message))
}

/// Links are `NAME` or `NAME:ALIAS`, in network mode bridge, to containers of the same task.
fn links(
    content: &TaskDefinitionContent,
    container: &ContainerDefinition,
    mode: NetworkMode,
) -> Result<(), Fault> {
    for link in container.links.iter().flatten() {
        let unsupported = format!("Links are not supported when networkMode={mode}.");
        refuse_if(mode != NetworkMode::Bridge, unsupported)?;
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        refuse_setting_if(!is_name(name) || !is_name(alias), "links", container)?;
        let known = content.containers.iter().any(|other| other.name == name);
        refuse_if(!known, format!("Invalid 'links' setting. Unknown container: '{name}'"))?;
    }
    Ok(())
}

fn any<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}
