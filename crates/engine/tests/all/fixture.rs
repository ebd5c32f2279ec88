//! Tasks to assign.

use gantry_model::status::DesiredStatus;
use gantry_model::view::assignment::AssignedNetwork;
use gantry_model::view::{AssignedContainer, AssignedTask, Assignment, AssignmentUpdate};
use gantry_model::{AttachmentId, ContainerId, EniId, TaskId, VpcId};
use std::sync::Arc;

pub(crate) fn task_id(number: u8) -> TaskId {
    TaskId([number; 16])
}

pub(crate) fn number(task: TaskId) -> u8 {
    task.0[0]
}

/// A task with containers in the notation `name[:image][?][@stop timeout]`: the image is `hello` unless it is named, and
/// `?` marks one that is not essential. A leading `once` makes a task that may never run twice.
pub(crate) fn task(number: u8, containers: &str) -> Arc<AssignedTask> {
    let (at_most_one, containers) =
        containers.strip_prefix("once ").map_or((false, containers), |rest| (true, rest));
    Arc::new(AssignedTask {
        id: task_id(number),
        arn: format!("arn:aws:ecs:us-east-1:123456789012:task/demo/{}", task_id(number)),
        cluster_arn: "arn:aws:ecs:us-east-1:123456789012:cluster/demo".into(),
        cluster: "demo".into(),
        family: "hello".into(),
        revision: 1,
        account: "123456789012".into(),
        region: "us-east-1".into(),
        zone: "us-east-1a".into(),
        launch_type: "FARGATE".into(),
        cpu_units: Some(256),
        memory_mib: Some(512),
        network: AssignedNetwork {
            attachment: AttachmentId([number; 16]),
            eni: EniId(number.into()),
            address: [172, 31, 0, number].into(),
            mac: format!("02:00:ac:1f:00:{number:02x}"),
            subnet_cidr: "172.31.0.0/20".into(),
            vpc: VpcId(1),
            private_dns_name: format!("ip-172-31-0-{number}.ec2.internal"),
        },
        volumes: Vec::new(),
        containers: containers.split_whitespace().map(container).collect(),
        at_most_one,
    })
}

fn container(text: &str) -> AssignedContainer {
    let (text, stop_timeout_s) =
        text.split_once('@').map_or((text, 30), |(rest, s)| (rest, s.parse().expect("seconds")));
    let (text, essential) = text.strip_suffix('?').map_or((text, true), |rest| (rest, false));
    let (name, image) = text.split_once(':').unwrap_or((text, "hello"));
    AssignedContainer {
        name: name.into(),
        id: ContainerId([7; 16]),
        runtime_id: format!("{name}-1"),
        image: image.into(),
        essential,
        stop_timeout_s,
        log_driver: "json-file".into(),
        ..AssignedContainer::default()
    }
}

pub(crate) fn put(task: &Arc<AssignedTask>, desired: DesiredStatus) -> Assignment {
    Assignment { task: task.clone(), desired }
}

pub(crate) fn update(
    generation: u64,
    base: Option<u64>,
    put: Vec<Assignment>,
    remove: Vec<TaskId>,
) -> AssignmentUpdate {
    AssignmentUpdate { generation, base, put, remove }
}
