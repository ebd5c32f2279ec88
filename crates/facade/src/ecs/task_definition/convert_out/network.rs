//! Ports and hosts of a container.

use gantry_model::record::task_definition as record;
use gantry_model::status::{NetworkMode, Transport};
use gantry_shapes::ecs::{HostEntry, PortMapping, TransportProtocol};

/// `portMappings[]`: ECS fills in the protocol, and the host port of a mapping of one port.
pub(super) fn port_mapping(record: record::PortMapping, mode: Option<NetworkMode>) -> PortMapping {
    let record::PortMapping { container_port, host_port, protocol, name, app_protocol, container_port_range } =
        record;
    PortMapping {
        container_port,
        host_port: container_port.map(|port| filled_host_port(port, host_port, mode)),
        protocol: Some(transport(protocol.unwrap_or(Transport::Tcp))),
        name,
        app_protocol: app_protocol.map(|word| word.as_str().into()),
        container_port_range,
    }
}

/// The container's port where the task has the network for itself; else 0, which lets the agent choose.
fn filled_host_port(container_port: i32, host_port: Option<i32>, mode: Option<NetworkMode>) -> i32 {
    let given = host_port.filter(|port| *port != 0);
    given.unwrap_or(match mode {
        Some(NetworkMode::Awsvpc | NetworkMode::Host) => container_port,
        Some(NetworkMode::Bridge | NetworkMode::None) | None => 0,
    })
}

fn transport(transport: Transport) -> TransportProtocol {
    transport.as_str().into()
}

/// `extraHosts[]`.
pub(super) fn host_entry(record: record::HostEntry) -> HostEntry {
    let record::HostEntry { hostname, ip_address } = record;
    HostEntry { hostname: Some(hostname), ip_address: Some(ip_address) }
}
