//! Ports and hosts of a container.

use super::given::{required, word};
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_model::status::Transport;
use gantry_shapes::ecs::{ApplicationProtocol, HostEntry, PortMapping, TransportProtocol};

/// `portMappings[]`.
pub(super) fn port_mapping(shape: PortMapping) -> Result<record::PortMapping, Fault> {
    let PortMapping { container_port, host_port, protocol, name, app_protocol, container_port_range } = shape;
    Ok(record::PortMapping {
        container_port,
        host_port,
        protocol: protocol.map(transport),
        name,
        app_protocol: app_protocol.map(application_protocol).transpose()?,
        container_port_range,
    })
}

/// ECS treats every word but `udp` as `tcp`.
fn transport(protocol: TransportProtocol) -> Transport {
    match protocol {
        TransportProtocol::Udp => Transport::Udp,
        TransportProtocol::Tcp | TransportProtocol::Unrecognized(_) => Transport::Tcp,
    }
}

fn application_protocol(protocol: ApplicationProtocol) -> Result<String, Fault> {
    word(protocol.as_str(), "appProtocol", ApplicationProtocol::VALUES)
}

/// `extraHosts[]`.
pub(super) fn host_entry(shape: HostEntry) -> Result<record::HostEntry, Fault> {
    let HostEntry { hostname, ip_address } = shape;
    Ok(record::HostEntry {
        hostname: required(hostname, "HostEntry.hostname")?,
        ip_address: required(ip_address, "HostEntry.ipAddress")?,
    })
}
