//! Tasks to assign.

use gantry_model::status::DesiredStatus;
use gantry_model::view::assignment::AssignedNetwork;
use gantry_model::view::{AssignedContainer, AssignedTask, Assignment};
use gantry_model::{AttachmentId, ContainerId, EniId, TaskId, VpcId};
use std::sync::Arc;

pub(crate) fn id(number: u8) -> TaskId {
    TaskId([number; 16])
}

pub(crate) fn container(task: u8, index: usize, name: &str, command: &str) -> AssignedContainer {
    AssignedContainer {
        name: name.into(),
        id: ContainerId([task; 16]),
        arn: format!("arn:aws:ecs:us-east-1:123456789012:container/demo/{}/{name}", id(task)),
        runtime_id: format!("{}-{}", id(task), index + 1),
        image: "gantry/hello".into(),
        essential: true,
        command: Some(command.split_whitespace().map(str::to_owned).collect()),
        stop_timeout_s: 30,
        log_driver: "json-file".into(),
        memory_mib: Some(128),
        ..AssignedContainer::default()
    }
}

/// A task with one container for each command; they are named `c1`, `c2` and so on.
pub(crate) fn task(number: u8, commands: &[&str]) -> AssignedTask {
    let containers = commands.iter().enumerate();
    AssignedTask {
        id: id(number),
        arn: format!("arn:aws:ecs:us-east-1:123456789012:task/demo/{}", id(number)),
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
            address: [172, 31, 1, number].into(),
            mac: format!("02:00:ac:1f:01:{number:02x}"),
            subnet_cidr: "172.31.0.0/20".into(),
            vpc: VpcId(1),
            private_dns_name: format!("ip-172-31-1-{number}.ec2.internal"),
        },
        volumes: vec!["scratch".into()],
        containers: containers
            .map(|(index, command)| container(number, index, &format!("c{}", index + 1), command))
            .collect(),
        at_most_one: false,
    }
}

pub(crate) fn run(task: &AssignedTask) -> Assignment {
    Assignment { task: Arc::new(task.clone()), desired: DesiredStatus::Running }
}

pub(crate) fn stop(task: &AssignedTask) -> Assignment {
    Assignment { task: Arc::new(task.clone()), desired: DesiredStatus::Stopped }
}
