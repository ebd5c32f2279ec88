//! Linux parameters, kernel parameters, ulimits, security options, devices.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const CAPABILITIES: &str = "KernelCapabilities";
const DEVICES: &str = "Device";
const TMPFS: &str = "Tmpfs";
const SWAP: &str = "LinuxParameters.maxSwap";
const SWAPPINESS: &str = "LinuxParameters.swappiness";
const CONTROLS: &str = "SystemControl";
const ULIMITS: &str = "Ulimit";
const OPTIONS: &str = "ContainerDefinition.dockerSecurityOptions";
const SPECS: &str = "ContainerDefinition.credentialSpecs";
const RESOURCES: &str = "ResourceRequirement";

fn app(container: Value) -> Value {
    ec2(none(), container)
}

fn linux(parameters: Value) -> Value {
    app(json!({"linuxParameters": parameters}))
}

fn control(name: &str) -> Value {
    app(json!({"systemControls": [{"namespace": name, "value": "1"}]}))
}

fn resource(requirement: Value) -> Value {
    app(json!({"resourceRequirements": [requirement]}))
}

fn two_resources(a: Value, b: Value) -> Value {
    let container = |name, resource: Value| json!({"name": name, "image": "nginx", "memory": 8, "resourceRequirements": [resource]});
    ec2(json!({"containerDefinitions": [container("a", a), container("b", b)]}), none())
}

fn bad(member: &str) -> String {
    format!("Invalid '{member}' setting for container 'app'.")
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = parameters();
    rows.extend(limits());
    rows.extend(resources());
    rows
}

#[rustfmt::skip] // a table
fn parameters() -> Vec<Row> {
    vec![
        taken("capabilities", CAPABILITIES, linux(json!({"capabilities": {"add": ["ALL", "NET_ADMIN"], "drop": ["WAKE_ALARM"]}}))),
        refused("a capability that does not exist", CAPABILITIES, linux(json!({"capabilities": {"add": ["FLY"]}})), &bad("capabilities")),
        refused("a capability with the kernel's prefix", CAPABILITIES, linux(json!({"capabilities": {"drop": ["CAP_CHOWN"]}})), &bad("capabilities")),
        taken("a device", DEVICES,
            linux(json!({"devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/fuse", "permissions": ["read", "write", "mknod"]}]}))),
        refused("a device without a path", DEVICES, linux(json!({"devices": [{"containerPath": "/dev/fuse"}]})), "HostPath can not be blank."),
        refused("another permission", DEVICES, linux(json!({"devices": [{"hostPath": "/dev/fuse", "permissions": ["own"]}]})),
            "Device permission should be one of [read,write,mknod]"),
        taken("an init process", "LinuxParameters.initProcessEnabled", linux(json!({"initProcessEnabled": true}))),
        taken("shared memory on EC2", "LinuxParameters.sharedMemorySize", linux(json!({"sharedMemorySize": 64}))),
        taken("a tmpfs", TMPFS, linux(json!({"tmpfs": [{"containerPath": "/run", "size": 64, "mountOptions": ["noexec", "mode=1777"]}]}))),
        refused("a tmpfs without a path", TMPFS, linux(json!({"tmpfs": [{"size": 64}]})), "ContainerPath can not be blank."),
        refused("a tmpfs without a size", TMPFS, linux(json!({"tmpfs": [{"containerPath": "/run"}]})), "Size can not be blank."),
        refused("a tmpfs at a relative path", TMPFS, linux(json!({"tmpfs": [{"containerPath": "run", "size": 64}]})), &bad("tmpfs")),
        refused("another mount option", TMPFS, linux(json!({"tmpfs": [{"containerPath": "/run", "size": 64, "mountOptions": ["fast"]}]})),
            &bad("tmpfs")),
        taken("no swap", SWAP, linux(json!({"maxSwap": 0}))),
        refused("negative swap", SWAP, linux(json!({"maxSwap": -1})), &bad("maxSwap")),
        taken("swappiness 0", SWAPPINESS, linux(json!({"swappiness": 0}))),
        taken("swappiness 100", SWAPPINESS, linux(json!({"swappiness": 100}))),
        refused("swappiness 101", SWAPPINESS, linux(json!({"swappiness": 101})), &bad("swappiness")),
        refused("swappiness -1", SWAPPINESS, linux(json!({"swappiness": -1})), &bad("swappiness")),
        taken("a parameter of the IPC namespace", CONTROLS, control("kernel.shmmax")),
        taken("a parameter of message queues", CONTROLS, control("fs.mqueue.msg_max")),
        taken("a parameter of the network", CONTROLS, control("net.core.somaxconn")),
        refused("a parameter of the whole kernel", CONTROLS, control("vm.swappiness"), &bad("systemControls")),
        refused("a parameter without a value", CONTROLS, app(json!({"systemControls": [{"namespace": "net.core.somaxconn"}]})),
            &bad("systemControls")),
        refused("a parameter of the IPC namespace of the host", "RegisterTaskDefinition.ipcMode",
            ec2(json!({"ipcMode": "host"}), json!({"systemControls": [{"namespace": "kernel.sem", "value": "1"}]})),
            &bad("systemControls")),
        taken("a parameter of the IPC namespace of the task", "RegisterTaskDefinition.ipcMode",
            ec2(json!({"ipcMode": "task"}), json!({"systemControls": [{"namespace": "kernel.sem", "value": "1"}]}))),
    ]
}

#[rustfmt::skip] // a table
fn limits() -> Vec<Row> {
    let option = |text: &str| app(json!({"dockerSecurityOptions": [text]}));
    let spec = |text: &str| app(json!({"credentialSpecs": [text]}));
    vec![
        taken("a ulimit", ULIMITS, app(json!({"ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]}))),
        taken("no limit", ULIMITS, app(json!({"ulimits": [{"name": "memlock", "softLimit": -1, "hardLimit": -1}]}))),
        refused("another ulimit", ULIMITS, app(json!({"ulimits": [{"name": "memory", "softLimit": 1, "hardLimit": 1}]})),
            "Unrecognized ulimit name memory"),
        refused("a ulimit without a name", ULIMITS, app(json!({"ulimits": [{"softLimit": 1, "hardLimit": 1}]})), "Name can not be blank."),
        refused("a ulimit without a soft limit", ULIMITS, app(json!({"ulimits": [{"name": "core", "hardLimit": 1}]})), "SoftLimit can not be blank."),
        refused("a ulimit without a hard limit", ULIMITS, app(json!({"ulimits": [{"name": "core", "softLimit": 1}]})), "HardLimit can not be blank."),
        refused("a soft limit above the hard one", "answer", app(json!({"ulimits": [{"name": "core", "softLimit": 2, "hardLimit": 1}]})),
            "Soft limit exceeds hard limit for ulimit core"),
        taken("no new privileges", OPTIONS, option("no-new-privileges")),
        taken("an AppArmor profile", OPTIONS, option("apparmor:docker-default")),
        taken("an SELinux label", OPTIONS, option("label:type:svirt")),
        taken("a credential spec as a security option", OPTIONS, option("credentialspec:file://spec.json")),
        refused("another security option", OPTIONS, option("secure"), &bad("dockerSecurityOptions")),
        taken("a credential spec", SPECS, spec("credentialspec:arn:aws:s3:::bucket/spec")),
        taken("a domainless credential spec", SPECS, spec("credentialspecdomainless:arn:aws:s3:::bucket/spec")),
        refused("another credential spec", SPECS, spec("arn:aws:s3:::bucket/spec"), &bad("credentialSpecs")),
        refused("two credential specs", SPECS, app(json!({"credentialSpecs": ["credentialspec:a", "credentialspec:b"]})),
            "credentialSpecs can have at most 1 items"),
        taken("privileges on EC2", "ContainerDefinition.privileged", app(json!({"privileged": true}))),
    ]
}

#[rustfmt::skip] // a table
fn resources() -> Vec<Row> {
    let mps = |memory: i32, percent: i32| json!({"type": "GPU", "sharingStrategy": {"nvidiaMps": {"memory": memory, "maxComputePercent": percent}}});
    vec![
        taken("two GPUs", RESOURCES, resource(json!({"type": "GPU", "value": "2"}))),
        taken("all GPUs", RESOURCES, resource(json!({"type": "GPU", "value": "ALL"}))),
        refused("no GPU", RESOURCES, resource(json!({"type": "GPU", "value": "0"})), &bad("resourceRequirements")),
        refused("a GPU without a value", RESOURCES, resource(json!({"type": "GPU"})), &bad("resourceRequirements")),
        refused("a resource without a type", RESOURCES, resource(json!({"value": "1"})), "Type can not be blank."),
        refused("another resource", RESOURCES, resource(json!({"type": "TPU", "value": "1"})),
            "Resource type should be one of [GPU,InferenceAccelerator,NeuronDevice]"),
        refused("an accelerator that no definition can have", RESOURCES, resource(json!({"type": "InferenceAccelerator", "value": "a"})),
            &bad("resourceRequirements")),
        taken("a shared GPU", "SharingStrategy", resource(mps(1024, 50))),
        refused("a shared GPU with a count", RESOURCES, resource(json!({"type": "GPU", "value": "1", "sharingStrategy": {"nvidiaMps": {"memory": 1}}})),
            &bad("resourceRequirements")),
        refused("a sharing strategy that shares nothing", "SharingStrategy", resource(json!({"type": "GPU", "sharingStrategy": {}})), &bad("resourceRequirements")),
        refused("a shared Neuron device", "ResourceRequirement.sharingStrategy",
            resource(json!({"type": "NeuronDevice", "value": "ALL", "sharingStrategy": {"nvidiaMps": {"memory": 1}}})),
            &bad("resourceRequirements")),
        refused("a shared GPU without memory", "NvidiaMpsAllocation.memory", resource(json!({"type": "GPU", "sharingStrategy": {"nvidiaMps": {}}})),
            "Memory can not be blank."),
        refused("a shared GPU with no memory", "NvidiaMpsAllocation.memory", resource(mps(0, 50)), &bad("resourceRequirements")),
        taken("all of the GPU's compute", "NvidiaMpsAllocation.maxComputePercent", resource(mps(1, 100))),
        refused("more than the GPU's compute", "NvidiaMpsAllocation.maxComputePercent", resource(mps(1, 101)), &bad("resourceRequirements")),
        refused("none of the GPU's compute", "NvidiaMpsAllocation.maxComputePercent", resource(mps(1, 0)), &bad("resourceRequirements")),
        refused("containers that share a GPU and others that do not", "ResourceRequirement.sharingStrategy",
            two_resources(mps(1, 1), json!({"type": "GPU", "value": "1"})),
            "The containers in a task that request GPUs must all use the same sharing strategy."),
        refused("a shared GPU for EXTERNAL", "ResourceRequirement.sharingStrategy",
            ec2(json!({"requiresCompatibilities": ["EXTERNAL"]}), json!({"resourceRequirements": [mps(1, 1)]})),
            "Tasks using the EXTERNAL launch type do not support GPU sharing."),
        taken("Neuron devices on Managed Instances", "ResourceRequirement.value",
            ec2(json!({"requiresCompatibilities": ["MANAGED_INSTANCES"]}), json!({"resourceRequirements": [{"type": "NeuronDevice", "value": "ALL"}]}))),
        refused("Neuron devices on EC2", "ResourceRequirement.value",
            ec2(json!({"requiresCompatibilities": ["EC2"]}), json!({"resourceRequirements": [{"type": "NeuronDevice", "value": "ALL"}]})),
            "Tasks using the EC2 launch type do not support NeuronDevice resource requirements."),
        refused("some Neuron devices", "ResourceRequirement.value", resource(json!({"type": "NeuronDevice", "value": "1"})),
            &bad("resourceRequirements")),
        refused("Neuron devices of two containers", "ResourceRequirement.value",
            two_resources(json!({"type": "NeuronDevice", "value": "ALL"}), json!({"type": "NeuronDevice", "value": "ALL"})),
            "Only one container in a task can specify NeuronDevice resources."),
    ]
}
