//! Port mappings.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const CONTAINER_PORT: &str = "PortMapping.containerPort";
const HOST_PORT: &str = "PortMapping.hostPort";
const PROTOCOL: &str = "PortMapping.protocol";
const NAME: &str = "PortMapping.name";
const APP_PROTOCOL: &str = "PortMapping.appProtocol";
const RANGE: &str = "PortMapping.containerPortRange";
const ANSWER: &str = "answer";

fn ports(mode: &str, mappings: Value) -> Value {
    ec2(json!({"networkMode": mode}), json!({"portMappings": mappings}))
}

fn range(range: &str) -> Value {
    ports("awsvpc", json!([{"containerPortRange": range}]))
}

/// Containers `a` and `b` with one mapping each.
fn two(mode: &str, a: Value, b: Value) -> Value {
    let container = |name, mapping: Value| json!({"name": name, "image": "nginx", "memory": 8, "portMappings": [mapping]});
    ec2(json!({"networkMode": mode, "containerDefinitions": [container("a", a), container("b", b)]}), none())
}

fn many_ranges(count: i32) -> Value {
    let range = |number| json!({"containerPortRange": format!("{}-{}", number * 10 + 1, number * 10 + 5)});
    ports("awsvpc", (0..count).map(range).collect())
}

const BAD_CONTAINER_PORT: &str = "Invalid 'containerPort' setting for container 'app'.";
const BAD_HOST_PORT: &str = "Invalid 'hostPort' setting for container 'app'.";
const BAD_RANGE: &str = "Invalid 'containerPortRange' setting for container 'app'.";
const BAD_NAME: &str = "Invalid 'name' setting for container 'app'.";

#[rustfmt::skip] // a table
pub(super) fn rows() -> Vec<Row> {
    vec![
        taken("a container port alone in awsvpc", CONTAINER_PORT, ports("awsvpc", json!([{"containerPort": 80}]))),
        taken("a container port alone in host", CONTAINER_PORT, ports("host", json!([{"containerPort": 80}]))),
        taken("a container port alone in bridge", CONTAINER_PORT, ports("bridge", json!([{"containerPort": 80}]))),
        refused("no container port", CONTAINER_PORT, ports("bridge", json!([{"hostPort": 80}])), BAD_CONTAINER_PORT),
        refused("an empty mapping", CONTAINER_PORT, ports("bridge", json!([{}])), BAD_CONTAINER_PORT),
        refused("container port 0", CONTAINER_PORT, ports("bridge", json!([{"containerPort": 0}])), BAD_CONTAINER_PORT),
        refused("container port 65536", CONTAINER_PORT, ports("bridge", json!([{"containerPort": 65_536}])), BAD_CONTAINER_PORT),
        taken("another host port in bridge", HOST_PORT, ports("bridge", json!([{"containerPort": 80, "hostPort": 8080}]))),
        taken("host port 0 in bridge", HOST_PORT, ports("bridge", json!([{"containerPort": 80, "hostPort": 0}]))),
        taken("the same host port in awsvpc", HOST_PORT, ports("awsvpc", json!([{"containerPort": 80, "hostPort": 80}]))),
        taken("the same host port in host", HOST_PORT, ports("host", json!([{"containerPort": 80, "hostPort": 80}]))),
        refused("another host port in awsvpc", HOST_PORT, ports("awsvpc", json!([{"containerPort": 80, "hostPort": 8080}])),
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match."),
        refused("another host port in host", HOST_PORT, ports("host", json!([{"containerPort": 80, "hostPort": 8080}])),
            "When networkMode=host, the host ports and container ports in port mappings must match."),
        refused("host port 65536", ANSWER, ports("bridge", json!([{"containerPort": 80, "hostPort": 65_536}])), BAD_HOST_PORT),
        refused("a negative host port", ANSWER, ports("bridge", json!([{"containerPort": 80, "hostPort": -1}])), BAD_HOST_PORT),
        refused("one port of two containers in awsvpc", ANSWER, two("awsvpc", json!({"containerPort": 8085}), json!({"containerPort": 8085})),
            "TCP container port '8085' is used multiple times in task when networkMode=awsvpc."),
        refused("one UDP port of two containers in awsvpc", ANSWER,
            two("awsvpc", json!({"containerPort": 53, "protocol": "udp"}), json!({"containerPort": 53, "protocol": "udp"})),
            "UDP container port '53' is used multiple times in task when networkMode=awsvpc."),
        taken("one port over TCP and UDP in awsvpc", ANSWER,
            ports("awsvpc", json!([{"containerPort": 53, "protocol": "tcp"}, {"containerPort": 53, "protocol": "udp"}]))),
        taken("one container port of two containers in bridge", ANSWER, two("bridge", json!({"containerPort": 80}), json!({"containerPort": 80}))),
        refused("one host port of two containers in bridge", ANSWER,
            two("bridge", json!({"containerPort": 80, "hostPort": 3000}), json!({"containerPort": 81, "hostPort": 3000})),
            "TCP host port '3000' is mapped multiple times in task."),
        refused("one port of two containers in host", ANSWER, two("host", json!({"containerPort": 3000}), json!({"containerPort": 3000})),
            "TCP host port '3000' is mapped multiple times in task."),
        taken("udp", PROTOCOL, ports("awsvpc", json!([{"containerPort": 53, "protocol": "udp"}]))),
        taken("any other protocol is tcp", PROTOCOL, ports("awsvpc", json!([{"containerPort": 53, "protocol": "sctp"}]))),
        taken("a named mapping", NAME, ports("awsvpc", json!([{"containerPort": 80, "name": "web_1-a"}]))),
        taken("a mapping's name of 64 characters", NAME, ports("awsvpc", json!([{"containerPort": 80, "name": "a".repeat(64)}]))),
        refused("a mapping's name of 65 characters", NAME, ports("awsvpc", json!([{"containerPort": 80, "name": "a".repeat(65)}])), BAD_NAME),
        refused("a mapping's name in upper case", NAME, ports("awsvpc", json!([{"containerPort": 80, "name": "Web"}])), BAD_NAME),
        refused("a mapping's name with a hyphen in front", NAME, ports("awsvpc", json!([{"containerPort": 80, "name": "-web"}])), BAD_NAME),
        refused("one name of two mappings", ANSWER,
            two("awsvpc", json!({"containerPort": 80, "name": "web"}), json!({"containerPort": 81, "name": "web"})),
            "When networkMode=awsvpc, port mapping name is already used"),
        taken("an application protocol", APP_PROTOCOL, ports("awsvpc", json!([{"containerPort": 80, "name": "web", "appProtocol": "http2"}]))),
        refused("another application protocol", APP_PROTOCOL, ports("awsvpc", json!([{"containerPort": 80, "name": "web", "appProtocol": "ftp"}])),
            "appProtocol should be one of [http,http2,grpc]"),
        taken("a range in awsvpc", RANGE, range("100-102")),
        taken("a range in bridge", RANGE, ports("bridge", json!([{"containerPortRange": "1-65535"}]))),
        refused("a range in host", RANGE, ports("host", json!([{"containerPortRange": "100-102"}])),
            "Container port ranges are not supported on container when networkMode=host."),
        refused("a range from 0", RANGE, range("0-10"), BAD_RANGE),
        refused("a range to 65536", RANGE, range("10-65536"), BAD_RANGE),
        refused("a range of one port", RANGE, range("10-10"), BAD_RANGE),
        refused("a range backwards", RANGE, range("20-10"), BAD_RANGE),
        refused("a range without an end", RANGE, range("10-"), BAD_RANGE),
        refused("a range and a port", RANGE, ports("awsvpc", json!([{"containerPortRange": "10-20", "containerPort": 10}])),
            "cannot specify both single port and port range"),
        refused("a range and a host port", RANGE, ports("awsvpc", json!([{"containerPortRange": "10-20", "hostPort": 10}])),
            "cannot specify both single port and port range"),
        refused("ranges that overlap in awsvpc", RANGE, two("awsvpc", json!({"containerPortRange": "10-20"}), json!({"containerPortRange": "20-30"})),
            "TCP container port '20' is used multiple times in task when networkMode=awsvpc."),
        refused("a port inside a range of its container in bridge", RANGE,
            ports("bridge", json!([{"containerPortRange": "10-20"}, {"containerPort": 15}])),
            "TCP container port '15' is used multiple times in task."),
        taken("one hundred ranges", RANGE, many_ranges(100)),
        refused("one hundred and one ranges", RANGE, many_ranges(101), "A container can have at most 100 port ranges."),
    ]
}
