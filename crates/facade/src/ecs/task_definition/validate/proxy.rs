//! App Mesh proxies.
//! Source: ProxyConfiguration.

use super::refuse_if;
use crate::Fault;
use gantry_model::record::task_definition::{ProxyConfiguration, TaskDefinitionContent};
use gantry_model::status::NetworkMode;

/// Properties that must be there, and ECS's name for each.
const REQUIRED: [(&str, &str); 4] = [
    ("ProxyIngressPort", "Ingress port"),
    ("ProxyEgressPort", "Egress port"),
    ("AppPorts", "App ports"),
    ("EgressIgnoredIPs", "Egress ignored IPs"),
];

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let Some(proxy) = &content.proxy_configuration else { return Ok(()) };
    let awsvpc = content.network_mode == Some(NetworkMode::Awsvpc);
    refuse_if(!awsvpc, "APPMESH proxy configuration is only supported in networkMode=awsvpc.")?;
    let name = &proxy.container_name;
    let known = content.containers.iter().any(|container| container.name == *name);
    refuse_if(!known, format!("Proxy container [{name}] does not exist"))?;
    properties(proxy)
}

fn properties(proxy: &ProxyConfiguration) -> Result<(), Fault> {
    let value = |key: &str| {
        let named = proxy.properties.iter().flatten().find(|(name, _)| name.as_deref() == Some(key));
        named.map(|(_, value)| value.as_deref().unwrap_or_default())
    };
    for (key, name) in REQUIRED {
        refuse_if(value(key).is_none(), format!("{name} not found"))?;
    }
    let ignored = ["IgnoredUID", "IgnoredGID"].into_iter().filter_map(value);
    refuse_if(!ignored.into_iter().any(|id| !id.is_empty()), "Ignored UID or ignored GID not found")
}
