//! What Fargate needs, and what it does not support.

use super::{Row, fargate, none, refused, taken};
use serde_json::{Value, json};

const MODE: &str = "RegisterTaskDefinition.networkMode";
const CPU: &str = "RegisterTaskDefinition.cpu";
const MEMORY: &str = "RegisterTaskDefinition.memory";
const ANSWER: &str = "answer";

fn task(patch: Value) -> Value {
    fargate(patch, none())
}

fn app(patch: Value) -> Value {
    fargate(none(), patch)
}

fn linux(parameters: Value) -> Value {
    app(json!({"linuxParameters": parameters}))
}

fn size(cpu: u32, memory: u32) -> Value {
    task(json!({"cpu": cpu.to_string(), "memory": memory.to_string()}))
}

fn windows(cpu: u32, memory: u32, architecture: &str) -> Value {
    let platform =
        json!({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": architecture});
    task(json!({"cpu": cpu.to_string(), "memory": memory.to_string(), "runtimePlatform": platform}))
}

fn no_size(cpu: u32, memory: u32) -> String {
    format!(
        "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values."
    )
}

fn unsupported(setting: &str) -> String {
    format!("Fargate compatible task definitions do not support {setting}")
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = needs();
    rows.extend(sizes());
    rows.extend(of_containers());
    rows.extend(of_tasks());
    rows
}

#[rustfmt::skip] // a table
fn needs() -> Vec<Row> {
    let mode = "Fargate only supports network mode ‘awsvpc’.";
    vec![
        taken("the least that Fargate runs", MODE, fargate(none(), none())),
        refused("Fargate without a network mode", MODE, task(json!({"networkMode": null})), mode),
        refused("Fargate in bridge", MODE, task(json!({"networkMode": "bridge"})), mode),
        refused("Fargate in host", MODE, task(json!({"networkMode": "host"})), mode),
        refused("Fargate in none", MODE, task(json!({"networkMode": "none"})), mode),
        refused("Fargate without CPU", CPU, task(json!({"cpu": null})), "Fargate requires that 'cpu' be defined at the task level."),
        refused("Fargate without memory", MEMORY, fargate(json!({"memory": null}), json!({"memory": 256})),
            "Fargate requires that 'memory' be defined at the task level."),
        refused("memory of containers is asked for before memory of the task", ANSWER, task(json!({"memory": null})),
            "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."),
        refused("a private image of ECR without an execution role", ANSWER,
            fargate(json!({"executionRoleArn": null}), json!({"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"})),
            "Fargate requires task definition to have execution role ARN to support ECR images."),
        taken("a public image of ECR without an execution role", ANSWER,
            fargate(json!({"executionRoleArn": null}), json!({"image": "public.ecr.aws/nginx/nginx"}))),
        taken("Fargate and EC2", "RegisterTaskDefinition.requiresCompatibilities",
            task(json!({"requiresCompatibilities": ["EC2", "FARGATE"], "ephemeralStorage": {"sizeInGiB": 30}}))),
    ]
}

fn sizes() -> Vec<Row> {
    let sizes: [(&str, u32, u32); 21] = [
        (".25 vCPU, 0.5 GB", 256, 512),
        (".25 vCPU, 1 GB", 256, 1024),
        (".25 vCPU, 2 GB", 256, 2048),
        (".5 vCPU, 1 GB", 512, 1024),
        (".5 vCPU, 3 GB", 512, 3072),
        (".5 vCPU, 4 GB", 512, 4096),
        ("1 vCPU, 2 GB", 1024, 2048),
        ("1 vCPU, 7 GB", 1024, 7168),
        ("1 vCPU, 8 GB", 1024, 8192),
        ("2 vCPU, 4 GB", 2048, 4096),
        ("2 vCPU, 16 GB", 2048, 16_384),
        ("4 vCPU, 8 GB", 4096, 8192),
        ("4 vCPU, 30 GB", 4096, 30_720),
        ("8 vCPU, 16 GB", 8192, 16_384),
        ("8 vCPU, 20 GB", 8192, 20_480),
        ("8 vCPU, 60 GB", 8192, 61_440),
        ("16 vCPU, 32 GB", 16_384, 32_768),
        ("16 vCPU, 120 GB", 16_384, 122_880),
        ("32 vCPU, 60 GB", 32_768, 61_440),
        ("32 vCPU, 120 GB", 32_768, 122_880),
        ("32 vCPU, 244 GB", 32_768, 249_856),
    ];
    let no_sizes: [(&str, u32, u32); 12] = [
        (".25 vCPU, 3 GB", 256, 3072),
        (".25 vCPU, 1.5 GB", 256, 1536),
        (".5 vCPU, 0.5 GB", 512, 512),
        ("1 vCPU, 1 GB", 1024, 1024),
        ("1 vCPU, 9 GB", 1024, 9216),
        ("2 vCPU, 3 GB", 2048, 3072),
        ("4 vCPU, 31 GB", 4096, 31_744),
        ("8 vCPU, 18 GB", 8192, 18_432),
        ("8 vCPU, 64 GB", 8192, 65_536),
        ("16 vCPU, 36 GB", 16_384, 36_864),
        ("32 vCPU, 64 GB", 32_768, 65_536),
        ("3 vCPU, 8 GB", 3072, 8192),
    ];
    let taken = sizes.into_iter().map(|(name, cpu, memory)| taken(name, MEMORY, size(cpu, memory)));
    let refused = no_sizes
        .into_iter()
        .map(|(name, cpu, memory)| refused(name, MEMORY, size(cpu, memory), &no_size(cpu, memory)));
    taken.chain(refused).chain(windows_sizes()).collect()
}

#[rustfmt::skip] // a table
fn windows_sizes() -> Vec<Row> {
    vec![
        taken("Windows with 1 vCPU", MEMORY, windows(1024, 2048, "X86_64")),
        refused("Windows with .5 vCPU", MEMORY, windows(512, 1024, "X86_64"), &no_size(512, 1024)),
        refused("Windows with 8 vCPU", MEMORY, windows(8192, 16_384, "X86_64"), &no_size(8192, 16_384)),
        refused("Windows on ARM", "RuntimePlatform.cpuArchitecture", windows(1024, 2048, "ARM64"), &no_size(1024, 2048)),
        taken("Linux on ARM", "RuntimePlatform.cpuArchitecture", task(json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}}))),
    ]
}

#[rustfmt::skip] // a table
fn of_containers() -> Vec<Row> {
    let stop =
        "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.";
    vec![
        refused("privileges on Fargate", "ContainerDefinition.privileged", app(json!({"privileged": true})),
            "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level."),
        taken("no privileges on Fargate", "ContainerDefinition.privileged", app(json!({"privileged": false}))),
        refused("devices on Fargate", "LinuxParameters.devices", linux(json!({"devices": [{"hostPath": "/dev/fuse"}]})), &unsupported("devices")),
        refused("shared memory on Fargate", "LinuxParameters.sharedMemorySize", linux(json!({"sharedMemorySize": 64})),
            &unsupported("sharedMemorySize")),
        refused("swap on Fargate", "LinuxParameters.maxSwap", linux(json!({"maxSwap": 64})), &unsupported("maxSwap")),
        refused("swappiness on Fargate", "LinuxParameters.swappiness", linux(json!({"swappiness": 60})), &unsupported("swappiness")),
        taken("an init process on Fargate", "LinuxParameters.initProcessEnabled", linux(json!({"initProcessEnabled": true}))),
        taken("SYS_PTRACE on Fargate", "KernelCapabilities.add", linux(json!({"capabilities": {"add": ["SYS_PTRACE"]}}))),
        refused("NET_ADMIN on Fargate", "KernelCapabilities.add", linux(json!({"capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"]}})),
            "NET_ADMIN is not allowed on Fargate."),
        taken("dropped capabilities on Fargate", "KernelCapabilities.drop", linux(json!({"capabilities": {"drop": ["ALL"]}}))),
        refused("security options on Fargate", "ContainerDefinition.dockerSecurityOptions",
            app(json!({"dockerSecurityOptions": ["no-new-privileges"]})),
            &unsupported("dockerSecurityOptions")),
        refused("a GPU on Fargate", "ResourceRequirement", app(json!({"resourceRequirements": [{"type": "GPU", "value": "1"}]})),
            "Tasks using the Fargate launch type do not support GPU resource requirements."),
        taken("a stop timeout of 120 s on Fargate", "ContainerDefinition.stopTimeout", app(json!({"stopTimeout": 120}))),
        refused("a stop timeout of 121 s on Fargate", "ContainerDefinition.stopTimeout", app(json!({"stopTimeout": 121})), stop),
        taken("a start timeout of 121 s on Fargate", "ContainerDefinition.startTimeout", app(json!({"startTimeout": 121}))),
        taken("ulimits on Fargate", "ContainerDefinition.ulimits",
            app(json!({"ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 65_535}]}))),
        taken("kernel parameters on Fargate", "SystemControl.namespace",
            app(json!({"systemControls": [{"namespace": "net.ipv4.tcp_keepalive_time", "value": "500"}]}))),
        taken("a container without memory on Fargate", "ContainerDefinition.memory", app(none())),
        taken("a range of ports on Fargate", "PortMapping.containerPortRange", app(json!({"portMappings": [{"containerPortRange": "100-200"}]}))),
    ]
}

#[rustfmt::skip] // a table
fn of_tasks() -> Vec<Row> {
    let pid = "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.";
    vec![
        refused("the host's processes on Fargate", "RegisterTaskDefinition.pidMode", task(json!({"pidMode": "host"})), pid),
        taken("the task's processes on Fargate", "RegisterTaskDefinition.pidMode", task(json!({"pidMode": "task"}))),
        refused("IPC on Fargate", "RegisterTaskDefinition.ipcMode", task(json!({"ipcMode": "task"})), &unsupported("ipcMode")),
        refused("constraints on Fargate", "TaskDefinition.placementConstraints",
            task(json!({"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]})),
            &unsupported("constraints")),
        refused("a Docker volume on Fargate", "Volume.dockerVolumeConfiguration",
            task(json!({"volumes": [{"name": "d", "dockerVolumeConfiguration": {}}]})),
            &unsupported("dockerVolumeConfiguration")),
        refused("a path of the host on Fargate", "HostVolumeProperties.sourcePath",
            task(json!({"volumes": [{"name": "d", "host": {"sourcePath": "/srv"}}]})),
            &unsupported("sourcePath")),
        taken("scratch space on Fargate", "Volume.host", task(json!({"volumes": [{"name": "d", "host": {}}]}))),
        taken("ephemeral storage on Fargate", "RegisterTaskDefinition.ephemeralStorage", task(json!({"ephemeralStorage": {"sizeInGiB": 100}}))),
        refused("trusted execution on Fargate", "RegisterTaskDefinition.trustedExecutionConfiguration",
            task(json!({"trustedExecutionConfiguration": {"isolationMode": "SHARED"}})),
            &unsupported("trustedExecutionConfiguration")),
    ]
}
