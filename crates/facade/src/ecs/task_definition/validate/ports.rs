//! Port mappings: each by itself, and that no two of a task take the same port.
//! Source: PortMapping.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::record::task_definition::{ContainerDefinition, PortMapping, TaskDefinitionContent};
use gantry_model::status::{NetworkMode, Transport};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Ports that exist.
const PORTS: RangeInclusive<i32> = 1..=65_535;
/// Most mappings of a container that are ranges.
const RANGES_MAX: usize = 100;
/// Most characters of a mapping's name.
const NAME_CHARS_MAX: usize = 64;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let mode = content.network_mode.unwrap_or(NetworkMode::Bridge);
    for container in &content.containers {
        let mappings = container.port_mappings.iter().flatten();
        mappings.clone().try_for_each(|mapping| one(container, mapping, mode))?;
        let ranges = mappings.filter(|mapping| mapping.container_port_range.is_some()).count();
        refuse_if(ranges > RANGES_MAX, format!("A container can have at most {RANGES_MAX} port ranges."))?;
    }
    names(content, mode)?;
    container_ports(content, mode)?;
    host_ports(content, mode)
}

fn one(container: &ContainerDefinition, mapping: &PortMapping, mode: NetworkMode) -> Result<(), Fault> {
    let name = mapping.name.as_deref();
    refuse_setting_if(name.is_some_and(|name| !is_mapping_name(name)), "name", container)?;
    match &mapping.container_port_range {
        Some(range) => port_range(container, mapping, range, mode),
        None => single_port(container, mapping, mode),
    }
}

fn port_range(
    container: &ContainerDefinition,
    mapping: &PortMapping,
    range: &str,
    mode: NetworkMode,
) -> Result<(), Fault> {
    let single = mapping.container_port.is_some() || mapping.host_port.is_some();
    refuse_if(single, "cannot specify both single port and port range")?;
    refuse_setting_if(read_range(range).is_none(), "containerPortRange", container)?;
    let supported = matches!(mode, NetworkMode::Bridge | NetworkMode::Awsvpc);
    let message = format!("Container port ranges are not supported on container when networkMode={mode}.");
    refuse_if(!supported, message)
}

fn single_port(
    container: &ContainerDefinition,
    mapping: &PortMapping,
    mode: NetworkMode,
) -> Result<(), Fault> {
    let port = mapping.container_port.filter(|port| PORTS.contains(port));
    refuse_setting_if(port.is_none(), "containerPort", container)?;
    let host_port = mapping.host_port.filter(|port| *port != 0);
    refuse_setting_if(host_port.is_some_and(|port| !PORTS.contains(&port)), "hostPort", container)?;
    let own_network = matches!(mode, NetworkMode::Awsvpc | NetworkMode::Host);
    refuse_if(
        own_network && host_port.is_some() && host_port != port,
        format!("When networkMode={mode}, the host ports and container ports in port mappings must match."),
    )
}

/// Lower-case letters, digits, underscores and hyphens, with no hyphen in front.
fn is_mapping_name(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=NAME_CHARS_MAX).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('-')
}

/// Reads `FIRST-LAST`.
fn read_range(text: &str) -> Option<RangeInclusive<i32>> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (PORTS.contains(&first) && PORTS.contains(&last) && first < last).then_some(first..=last)
}

fn names(content: &TaskDefinitionContent, mode: NetworkMode) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    for name in mappings(content).filter_map(|mapping| mapping.name.as_deref()) {
        let message = format!("When networkMode={mode}, port mapping name is already used");
        refuse_if(!seen.insert(name), message)?;
    }
    Ok(())
}

/// In awsvpc all containers share the ports; in bridge a container's ranges must not meet its other ports.
fn container_ports(content: &TaskDefinitionContent, mode: NetworkMode) -> Result<(), Fault> {
    if mode == NetworkMode::Awsvpc {
        let used = mappings(content).filter_map(taken);
        let message = |name, port| {
            format!("{name} container port '{port}' is used multiple times in task when networkMode=awsvpc.")
        };
        return refuse_repeated(used, message);
    }
    for container in &content.containers {
        let own = container.port_mappings.as_deref().unwrap_or_default();
        if own.iter().any(|mapping| mapping.container_port_range.is_some()) {
            let message =
                |name, port| format!("{name} container port '{port}' is used multiple times in task.");
            refuse_repeated(own.iter().filter_map(taken), message)?;
        }
    }
    Ok(())
}

/// Ports of the host that the user chose: in host mode the container's own.
fn host_ports(content: &TaskDefinitionContent, mode: NetworkMode) -> Result<(), Fault> {
    let chosen = mappings(content).filter_map(|mapping| {
        let given = mapping.host_port.filter(|port| *port != 0);
        let port = if mode == NetworkMode::Host { mapping.container_port } else { given }?;
        Some(Taken { transport: transport(mapping), ports: port..=port })
    });
    if mode == NetworkMode::Awsvpc {
        return Ok(());
    }
    refuse_repeated(chosen, |name, port| {
        format!("{name} host port '{port}' is mapped multiple times in task.")
    })
}

/// Ports that one mapping takes.
struct Taken {
    transport: Transport,
    ports: RangeInclusive<i32>,
}

fn taken(mapping: &PortMapping) -> Option<Taken> {
    let range = mapping.container_port_range.as_deref().and_then(read_range);
    let ports = range.or_else(|| mapping.container_port.map(|port| port..=port))?;
    Some(Taken { transport: transport(mapping), ports })
}

fn refuse_repeated(
    taken: impl Iterator<Item = Taken>,
    message: impl Fn(&'static str, i32) -> String,
) -> Result<(), Fault> {
    let mut taken: Vec<Taken> = taken.collect();
    taken.sort_by_key(|one| (one.transport, *one.ports.start()));
    let meets = |pair: &&[Taken]| {
        pair[0].transport == pair[1].transport && pair[0].ports.end() >= pair[1].ports.start()
    };
    // Sorted by their first port, two that meet are neighbours, or some neighbours before them meet already.
    let Some(pair) = taken.windows(2).find(meets) else { return Ok(()) };
    let name = match pair[1].transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    };
    refuse_if(true, message(name, *pair[1].ports.start()))
}

fn mappings(content: &TaskDefinitionContent) -> impl Iterator<Item = &PortMapping> {
    content.containers.iter().flat_map(|container| container.port_mappings.iter().flatten())
}

fn transport(mapping: &PortMapping) -> Transport {
    mapping.protocol.unwrap_or(Transport::Tcp)
}
