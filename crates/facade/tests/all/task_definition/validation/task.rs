//! Roles, namespaces, proxies, placement, ephemeral storage, platform, trusted execution, launch types.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const ROLE: &str = "RegisterTaskDefinition.taskRoleArn";
const EXECUTION_ROLE: &str = "RegisterTaskDefinition.executionRoleArn";
const COMPATIBILITY: &str = "RegisterTaskDefinition.requiresCompatibilities";
const PID: &str = "RegisterTaskDefinition.pidMode";
const IPC: &str = "RegisterTaskDefinition.ipcMode";
const PROXY: &str = "ProxyConfiguration";
const CONSTRAINT: &str = "TaskDefinitionPlacementConstraint";
const STORAGE: &str = "EphemeralStorage.sizeInGiB";
const PLATFORM: &str = "RuntimePlatform";
const TRUST: &str = "TrustedExecutionConfiguration";
const ANSWER: &str = "answer";

fn task(task: Value) -> Value {
    ec2(task, none())
}

fn storage(gib: i32) -> Value {
    task(json!({"ephemeralStorage": {"sizeInGiB": gib}}))
}

/// A proxy with all that it needs, but for a property.
fn proxy(mode: &str, container: &str, without: &str) -> Value {
    let all = [
        ("IgnoredUID", "1337"),
        ("AppPorts", "80"),
        ("ProxyIngressPort", "15000"),
        ("ProxyEgressPort", "15001"),
        ("EgressIgnoredIPs", "169.254.170.2"),
    ];
    let given = all.into_iter().filter(|(name, _)| *name != without);
    let properties: Vec<Value> = given.map(|(name, value)| json!({"name": name, "value": value})).collect();
    let proxy = json!({"type": "APPMESH", "containerName": container, "properties": properties});
    task(json!({"networkMode": mode, "proxyConfiguration": proxy}))
}

fn constraints(count: usize) -> Value {
    task(
        json!({"placementConstraints": vec![json!({"type": "memberOf", "expression": "attribute:a == b"}); count]}),
    )
}

fn constraint(constraint: Value) -> Value {
    task(json!({"placementConstraints": [constraint]}))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = roles_and_namespaces();
    rows.extend(proxies());
    rows.extend(placement());
    rows.extend(platform());
    rows
}

#[rustfmt::skip] // a table
fn roles_and_namespaces() -> Vec<Row> {
    let invalid = "Role is not valid";
    vec![
        taken("a role by ARN", ROLE, task(json!({"taskRoleArn": "arn:aws:iam::123456789012:role/service/web"}))),
        taken("a role by name", ROLE, task(json!({"taskRoleArn": "web.task-role"}))),
        refused("a role with a blank", ROLE, task(json!({"taskRoleArn": "web role"})), invalid),
        refused("a user for a role", ROLE, task(json!({"taskRoleArn": "arn:aws:iam::123456789012:user/web"})), invalid),
        refused("a role of no account", ROLE, task(json!({"taskRoleArn": "arn:aws:iam::12:role/web"})), invalid),
        taken("an execution role", EXECUTION_ROLE, task(json!({"executionRoleArn": "arn:aws:iam::123456789012:role/exec"}))),
        refused("an execution role that is none", EXECUTION_ROLE, task(json!({"executionRoleArn": "arn:aws:s3:::exec"})), invalid),
        taken("no launch type", COMPATIBILITY, task(json!({"requiresCompatibilities": []}))),
        taken("EC2 and EXTERNAL", COMPATIBILITY, task(json!({"requiresCompatibilities": ["EC2", "EXTERNAL"]}))),
        refused("another launch type", COMPATIBILITY, task(json!({"requiresCompatibilities": ["LAMBDA"]})),
            "Compatibility should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]"),
        refused("awsvpc for EXTERNAL", COMPATIBILITY, task(json!({"requiresCompatibilities": ["EXTERNAL"], "networkMode": "awsvpc"})),
            "Tasks using the EXTERNAL launch type do not support networkMode 'awsvpc'."),
        taken("the host's processes on EC2", PID, task(json!({"pidMode": "host"}))),
        taken("the task's processes", PID, task(json!({"pidMode": "task"}))),
        refused("another PID mode", PID, task(json!({"pidMode": "none"})), "PID mode should be one of [host,task]"),
        taken("the host's IPC on EC2", IPC, task(json!({"ipcMode": "host"}))),
        taken("the task's IPC", IPC, task(json!({"ipcMode": "task"}))),
        taken("no IPC", IPC, task(json!({"ipcMode": "none"}))),
        refused("another IPC mode", IPC, task(json!({"ipcMode": "shared"})), "IPC mode should be one of [host,task,none]"),
        refused("inference accelerators", ANSWER, task(json!({"inferenceAccelerators": [{"deviceName": "d", "deviceType": "eia1.medium"}]})),
            "Unsupported field 'inferenceAccelerators'."),
        taken("no inference accelerators", ANSWER, task(json!({"inferenceAccelerators": []}))),
        taken("fault injection", "RegisterTaskDefinition.enableFaultInjection", task(json!({"enableFaultInjection": true}))),
    ]
}

#[rustfmt::skip] // a table
fn proxies() -> Vec<Row> {
    vec![
        taken("a proxy", PROXY, proxy("awsvpc", "app", "")),
        refused("a proxy in bridge", ANSWER, proxy("bridge", "app", ""), "APPMESH proxy configuration is only supported in networkMode=awsvpc."),
        refused("a proxy in no container", ANSWER, proxy("awsvpc", "envoy", ""), "Proxy container [envoy] does not exist"),
        refused("a proxy without a container", PROXY, task(json!({"networkMode": "awsvpc", "proxyConfiguration": {"type": "APPMESH"}})),
            "ContainerName can not be blank."),
        refused("another proxy", PROXY, task(json!({"networkMode": "awsvpc", "proxyConfiguration": {"type": "ENVOY", "containerName": "app"}})),
            "Proxy configuration type should be one of [APPMESH]"),
        refused("a proxy without a way in", PROXY, proxy("awsvpc", "app", "ProxyIngressPort"), "Ingress port not found"),
        refused("a proxy without a way out", PROXY, proxy("awsvpc", "app", "ProxyEgressPort"), "Egress port not found"),
        refused("a proxy without ports of the application", PROXY, proxy("awsvpc", "app", "AppPorts"), "App ports not found"),
        refused("a proxy without addresses to ignore", PROXY, proxy("awsvpc", "app", "EgressIgnoredIPs"), "Egress ignored IPs not found"),
        refused("a proxy that does not ignore itself", PROXY, proxy("awsvpc", "app", "IgnoredUID"), "Ignored UID or ignored GID not found"),
    ]
}

#[rustfmt::skip] // a table
fn placement() -> Vec<Row> {
    vec![
        taken("ten constraints", "RegisterTaskDefinition.placementConstraints", constraints(10)),
        refused("eleven constraints", "RegisterTaskDefinition.placementConstraints", constraints(11), "Maximum number of constraints is 10."),
        refused("another constraint", CONSTRAINT, constraint(json!({"type": "distinctInstance"})),
            "Placement constraint type should be one of [memberOf]"),
        refused("a constraint without a type", CONSTRAINT, constraint(json!({"expression": "a"})),
            "PlacementConstraint.type should not be null or empty."),
        refused("a constraint without an expression", CONSTRAINT, constraint(json!({"type": "memberOf"})),
            "memberOf expression should not be null or empty."),
        refused("a constraint with a long expression", CONSTRAINT, constraint(json!({"type": "memberOf", "expression": "a".repeat(2001)})),
            "memberOf expression can have at most 2000 characters."),
    ]
}

#[rustfmt::skip] // a table
fn platform() -> Vec<Row> {
    let sandbox = |policy: Value| {
        let mut trust = json!({"isolationMode": "CONFIDENTIAL_SANDBOX"});
        super::merge(&mut trust, policy);
        task(
            json!({"requiresCompatibilities": ["MANAGED_INSTANCES"], "trustedExecutionConfiguration": trust}),
        )
    };
    vec![
        taken("21 GiB", STORAGE, storage(21)),
        taken("200 GiB", STORAGE, storage(200)),
        refused("20 GiB", STORAGE, storage(20), "EphemeralStorage size should be at least 21"),
        refused("less than nothing", STORAGE, storage(-1), "EphemeralStorage size should be at least 21"),
        refused("201 GiB", STORAGE, storage(201), "EphemeralStorage size should be at most 200"),
        refused("storage without a size", STORAGE, task(json!({"ephemeralStorage": {}})), "SizeInGiB can not be blank."),
        refused("storage for EC2", ANSWER, task(json!({"requiresCompatibilities": ["EC2"], "ephemeralStorage": {"sizeInGiB": 30}})),
            "Tasks using the EC2 launch type do not support EphemeralStorage."),
        taken("an architecture and an operating system", PLATFORM,
            task(json!({"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}))),
        refused("another architecture", PLATFORM, task(json!({"runtimePlatform": {"cpuArchitecture": "RISCV"}})),
            "CPU architecture should be one of [X86_64,ARM64]"),
        refused("another operating system", PLATFORM, task(json!({"runtimePlatform": {"operatingSystemFamily": "BEOS"}})),
            "Operating system family should be one of [WINDOWS_SERVER_2019_FULL,WINDOWS_SERVER_2019_CORE,WINDOWS_SERVER_2016_FULL,WINDOWS_SERVER_2004_CORE,WINDOWS_SERVER_2022_CORE,WINDOWS_SERVER_2022_FULL,WINDOWS_SERVER_2025_CORE,WINDOWS_SERVER_2025_FULL,WINDOWS_SERVER_20H2_CORE,LINUX]"),
        taken("a sandbox with a policy", TRUST, sandbox(json!({"attestationPolicy": "e30="}))),
        refused("a confidential sandbox without a policy", TRUST, sandbox(none()),
            "attestationPolicy is required when isolationMode is CONFIDENTIAL_SANDBOX."),
        refused("another isolation", TRUST, sandbox(json!({"isolationMode": "NONE"})),
            "Isolation mode should be one of [SHARED,ISOLATED_SANDBOX,CONFIDENTIAL_SANDBOX]"),
        refused("no isolation", TRUST, sandbox(json!({"isolationMode": null})), "IsolationMode can not be blank."),
        refused("trusted execution on EC2", "RegisterTaskDefinition.trustedExecutionConfiguration",
            task(json!({"requiresCompatibilities": ["EC2"], "trustedExecutionConfiguration": {"isolationMode": "SHARED"}})),
            "Tasks using the EC2 launch type do not support trustedExecutionConfiguration."),
    ]
}
