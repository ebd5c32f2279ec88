//! CPU and memory of the task and of its containers, outside of Fargate.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const CPU: &str = "RegisterTaskDefinition.cpu";
const MEMORY: &str = "RegisterTaskDefinition.memory";
const CONTAINER_CPU: &str = "ContainerDefinition.cpu";
const CONTAINER_MEMORY: &str = "ContainerDefinition.memory";
const RESERVATION: &str = "ContainerDefinition.memoryReservation";

const BAD_CPU: &str = "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
const BAD_MEMORY: &str = "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

fn cpu(text: &str) -> Value {
    ec2(json!({"cpu": text}), none())
}

fn memory(text: &str) -> Value {
    ec2(json!({"memory": text}), none())
}

/// Two containers with a limit each, in a task of 128 MiB.
fn two_limits(a: i32, b: i32) -> Value {
    let container = |name, memory: i32| json!({"name": name, "image": "nginx", "memory": memory});
    ec2(json!({"memory": "128", "containerDefinitions": [container("a", a), container("b", b)]}), none())
}

#[rustfmt::skip] // a table
pub(super) fn rows() -> Vec<Row> {
    vec![
        taken("no cpu and no memory of the task on EC2", CPU, ec2(none(), none())),
        taken("CPU units", CPU, cpu("1024")),
        taken("vCPUs", CPU, cpu("1 vCPU")),
        taken("vCPUs in lower case", CPU, cpu("1 vcpu")),
        taken("half a vCPU", CPU, cpu(".5 vcpu")),
        refused("words for CPU", CPU, cpu("fast"), BAD_CPU),
        refused("fractions of a unit", CPU, cpu("1.5"), BAD_CPU),
        taken("128 units", CPU, cpu("128")),
        refused("127 units", CPU, cpu("127"), BAD_CPU),
        taken("196608 units", CPU, cpu("196608")),
        refused("196609 units", CPU, cpu("196609"), BAD_CPU),
        Row {
            name: "an empty cpu",
            source: "answer",
            body: cpu(""),
            expected: Err("InvalidParameterException: Invalid 'cpu' setting for task.".to_owned()),
        },
        taken("MiB", MEMORY, memory("1024")),
        taken("GB", MEMORY, memory("1GB")),
        taken("GB with a blank", MEMORY, memory("1 GB")),
        taken("half a GB", MEMORY, memory("0.5 GB")),
        refused("words for memory", MEMORY, memory("much"), BAD_MEMORY),
        refused("no MiB", MEMORY, memory("0"), BAD_MEMORY),
        refused("neither memory nor memoryReservation nor memory of the task", CONTAINER_MEMORY, ec2(none(), json!({"memory": null})),
            "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."),
        refused("memory of zero alone", RESERVATION, ec2(none(), json!({"memory": 0})),
            "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."),
        taken("memory of the task alone", CONTAINER_MEMORY, ec2(json!({"memory": "512"}), json!({"memory": null}))),
        taken("a reservation alone", RESERVATION, ec2(none(), json!({"memory": null, "memoryReservation": 64}))),
        taken("the least memory that Docker starts with", CONTAINER_MEMORY, ec2(none(), json!({"memory": 6}))),
        taken("a reservation below the limit", RESERVATION, ec2(none(), json!({"memory": 300, "memoryReservation": 128}))),
        taken("a reservation as large as the limit", RESERVATION, ec2(none(), json!({"memory": 300, "memoryReservation": 300}))),
        refused("a reservation above the limit", RESERVATION, ec2(none(), json!({"memory": 128, "memoryReservation": 129})),
            "Invalid setting for container 'app'. 'memory' must be greater than or equal to 'memoryReservation'."),
        refused("a container with more memory than its task", CONTAINER_MEMORY, ec2(json!({"memory": "128"}), json!({"memory": 129})),
            "The 'memory' setting for container 'app' is greater than for the task."),
        refused("a container that reserves more memory than its task has", RESERVATION,
            ec2(json!({"memory": "128"}), json!({"memory": null, "memoryReservation": 129})),
            "The 'memoryReservation' setting for container 'app' is greater than for the task."),
        taken("containers whose limits together exceed their task's", CONTAINER_MEMORY, two_limits(100, 100)),
        refused("negative memory", CONTAINER_MEMORY, ec2(none(), json!({"memory": -1})), "Invalid 'memory' setting for container 'app'."),
        taken("a container without CPU", CONTAINER_CPU, ec2(json!({"cpu": "128"}), json!({"cpu": 0}))),
        taken("CPU above what the kernel counts", CONTAINER_CPU, ec2(none(), json!({"cpu": 262_145}))),
        refused("negative CPU", CONTAINER_CPU, ec2(none(), json!({"cpu": -1})), "Invalid 'cpu' setting for container 'app'."),
        taken("containers with as much CPU as their task", CONTAINER_CPU, ec2(json!({"cpu": "256"}), json!({"cpu": 256}))),
        refused("containers with more CPU than their task", CONTAINER_CPU, ec2(json!({"cpu": "256"}), json!({"cpu": 257})),
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."),
    ]
}
