//! The container document.

use crate::clock::rfc3339;
use gantry_engine::{ContainerSeen, TaskSeen};
use gantry_model::cidr::Cidr;
use gantry_model::status::ContainerStatus;
use gantry_model::view::{AssignedContainer, AssignedTask};
use serde_json::{Map, Value, json};

/// What `/v4/ID` answers. Members that have no value are absent, as in AWS's documents.
pub(super) fn document(seen: &TaskSeen, index: usize) -> Value {
    let (task, container, state) =
        (&seen.assigned, &seen.assigned.containers[index], &seen.containers[index]);
    let mut document = Map::new();
    let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
    put("DockerId", json!(container.runtime_id));
    put("Name", json!(container.name));
    put("DockerName", json!(container.name));
    put("Image", json!(container.image));
    put("ImageID", json!(state.image_digest.as_deref().unwrap_or_default()));
    put("Labels", labels(task, container));
    put("DesiredStatus", json!(seen.desired));
    put("KnownStatus", json!(known_status(state)));
    state.exit_code.map(|code| put("ExitCode", json!(code)));
    put("Limits", limits(container));
    state.created_at.map(|at| put("CreatedAt", json!(rfc3339(at))));
    state.started_at.map(|at| put("StartedAt", json!(rfc3339(at))));
    state.finished_at.map(|at| put("FinishedAt", json!(rfc3339(at))));
    put("Type", json!("NORMAL"));
    put("LogDriver", json!(container.log_driver));
    put("LogOptions", json!(container.log_options));
    put("ContainerARN", json!(container.arn));
    put("Networks", json!([network(task)]));
    put("Snapshotter", json!("overlayfs"));
    Value::Object(document)
}

/// The agent's own words for a container's life.
fn known_status(state: &ContainerSeen) -> &'static str {
    match (state.status, state.created_at, &state.image_digest) {
        (ContainerStatus::Pending, None, None) => "NONE",
        (ContainerStatus::Pending, None, Some(_)) => "PULLED",
        (ContainerStatus::Pending, Some(_), _) => "CREATED",
        (ContainerStatus::Running, ..) => "RUNNING",
        (ContainerStatus::Stopped, ..) => "STOPPED",
    }
}

/// The definition's labels, and those that ECS adds.
fn labels(task: &AssignedTask, container: &AssignedContainer) -> Value {
    let mut labels = container.labels.clone();
    let revision = task.revision.to_string();
    for (name, value) in [
        ("cluster", &task.cluster_arn),
        ("container-name", &container.name),
        ("task-arn", &task.arn),
        ("task-definition-family", &task.family),
        ("task-definition-version", &revision),
    ] {
        labels.insert(format!("com.amazonaws.ecs.{name}"), value.clone());
    }
    json!(labels)
}

fn limits(container: &AssignedContainer) -> Value {
    match container.memory_mib {
        Some(memory) => json!({ "CPU": container.cpu_units, "Memory": memory }),
        None => json!({ "CPU": container.cpu_units }),
    }
}

fn network(task: &AssignedTask) -> Value {
    let network = &task.network;
    let subnet: Option<Cidr> = network.subnet_cidr.parse().ok();
    let gateway = subnet.map(|subnet| format!("{}/{}", subnet.router(), subnet.prefix()));
    json!({
        "NetworkMode": "awsvpc",
        "IPv4Addresses": [network.address],
        "AttachmentIndex": 0,
        "MACAddress": network.mac,
        "IPv4SubnetCIDRBlock": network.subnet_cidr,
        "PrivateDNSName": network.private_dns_name,
        "SubnetGatewayIpv4Address": gateway.unwrap_or_default(),
    })
}
