//! What the network modes do not support.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const MODE: &str = "RegisterTaskDefinition.networkMode";
const LINKS: &str = "ContainerDefinition.links";
const HOSTNAME: &str = "ContainerDefinition.hostname";
const EXTRA_HOSTS: &str = "ContainerDefinition.extraHosts";
const ANSWER: &str = "answer";

fn mode(mode: &str, container: Value) -> Value {
    ec2(json!({"networkMode": mode}), container)
}

/// Two containers, of which `app` links to `db`.
fn linked(mode: &str, link: &str) -> Value {
    let app = json!({"name": "app", "image": "nginx", "memory": 8, "links": [link]});
    let db = json!({"name": "db", "image": "postgres", "memory": 8});
    ec2(json!({"networkMode": mode, "containerDefinitions": [app, db]}), none())
}

#[rustfmt::skip] // a table
pub(super) fn rows() -> Vec<Row> {
    vec![
        taken("bridge", MODE, mode("bridge", none())),
        taken("host", MODE, mode("host", none())),
        taken("awsvpc", MODE, mode("awsvpc", none())),
        taken("none", MODE, mode("none", none())),
        refused("another network mode", MODE, mode("overlay", none()), "Network mode should be one of [bridge,host,awsvpc,none]"),
        refused("port mappings without a network", MODE, mode("none", json!({"portMappings": [{"containerPort": 80}]})),
            "Port mappings are not supported on container when networkMode=none."),
        taken("links in bridge", LINKS, linked("bridge", "db")),
        taken("links with an alias", LINKS, linked("bridge", "db:database")),
        refused("links in awsvpc", LINKS, linked("awsvpc", "db"), "Links are not supported when networkMode=awsvpc."),
        refused("links in host", LINKS, linked("host", "db"), "Links are not supported when networkMode=host."),
        refused("links in none", LINKS, linked("none", "db"), "Links are not supported when networkMode=none."),
        refused("a link to nobody", LINKS, linked("bridge", "cache"), "Invalid 'links' setting. Unknown container: 'cache'"),
        refused("a link with a bad alias", LINKS, linked("bridge", "db:data base"), "Invalid 'links' setting for container 'app'."),
        taken("a hostname in bridge", HOSTNAME, mode("bridge", json!({"hostname": "web"}))),
        refused("a hostname in awsvpc", HOSTNAME, mode("awsvpc", json!({"hostname": "web"})),
            "hostname is not supported on container when networkMode=awsvpc."),
        taken("extra hosts in bridge", EXTRA_HOSTS, mode("bridge", json!({"extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.1"}]}))),
        refused("extra hosts in awsvpc", EXTRA_HOSTS, mode("awsvpc", json!({"extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.1"}]})),
            "Extra hosts are not supported on container when networkMode=awsvpc."),
        refused("an extra host without an address", "HostEntry", mode("bridge", json!({"extraHosts": [{"hostname": "db"}]})),
            "IpAddress can not be blank."),
        refused("an extra host without a name", "HostEntry", mode("bridge", json!({"extraHosts": [{"ipAddress": "10.0.0.1"}]})),
            "Hostname can not be blank."),
        refused("DNS servers in awsvpc", ANSWER, mode("awsvpc", json!({"dnsServers": ["10.0.0.2"]})),
            "DNS servers are not supported on container when networkMode=awsvpc."),
        refused("DNS search domains in awsvpc", "ContainerDefinition.dnsSearchDomains", mode("awsvpc", json!({"dnsSearchDomains": ["example.com"]})),
            "DNS search domains are not supported on container when networkMode=awsvpc."),
        taken("DNS settings in bridge", "ContainerDefinition.dnsServers",
            mode("bridge", json!({"dnsServers": ["10.0.0.2"], "dnsSearchDomains": ["example.com"]}))),
        refused("no networking in awsvpc", ANSWER, mode("awsvpc", json!({"disableNetworking": true})),
            "Disable Networking is not supported on container when networkMode=awsvpc."),
        taken("networking that is not disabled in awsvpc", "ContainerDefinition.disableNetworking",
            mode("awsvpc", json!({"disableNetworking": false}))),
    ]
}
