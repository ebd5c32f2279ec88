//! Any mixture of valid members reads back as it was given, with what ECS fills in.

use super::{described, filled, readable};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A member and values that it may have.
type Choices = &'static [(&'static str, &'static [&'static str])];

/// Members of a container that go with every network mode.
const CONTAINER: Choices = &[
    ("cpu", &["0", "10"]),
    ("memory", &["64", "128"]),
    ("memoryReservation", &["0", "32"]),
    ("essential", &["true"]),
    (
        "restartPolicy",
        &[r#"{"enabled":false}"#, r#"{"enabled":true,"ignoredExitCodes":[0,1],"restartAttemptPeriod":60}"#],
    ),
    ("entryPoint", &["[]", r#"["sh","-c"]"#]),
    ("command", &["[]", r#"["sleep 1"]"#]),
    ("environment", &["[]", r#"[{"name":"A","value":"1"},{"name":"B"}]"#]),
    ("environmentFiles", &["[]", r#"[{"value":"arn:aws:s3:::b/x.env","type":"s3"}]"#]),
    (
        "mountPoints",
        &[
            "[]",
            r#"[{"sourceVolume":"v1","containerPath":"/a"},{"sourceVolume":"v2","containerPath":"/b","readOnly":true}]"#,
        ],
    ),
    ("volumesFrom", &["[]", r#"[{"sourceContainer":"c0","readOnly":false}]"#]),
    (
        "linuxParameters",
        &[
            "{}",
            r#"{"capabilities":{},"devices":[],"tmpfs":[]}"#,
            r#"{"capabilities":{"add":["SYS_PTRACE"],"drop":["ALL"]},"initProcessEnabled":true}"#,
            r#"{"devices":[{"hostPath":"/dev/fuse"},{"hostPath":"/dev/kvm","containerPath":"/dev/kvm","permissions":["read"]}]}"#,
            r#"{"sharedMemorySize":64,"maxSwap":0,"swappiness":100,"tmpfs":[{"containerPath":"/t","size":1,"mountOptions":["ro"]}]}"#,
        ],
    ),
    ("secrets", &["[]", r#"[{"name":"S","valueFrom":"parameter"}]"#]),
    ("dependsOn", &["[]", r#"[{"containerName":"c0","condition":"START"}]"#]),
    ("startTimeout", &["2", "900"]),
    ("stopTimeout", &["2", "900"]),
    ("versionConsistency", &[r#""enabled""#, r#""disabled""#]),
    ("user", &[r#""root""#, r#""1:2""#]),
    ("workingDirectory", &[r#""/srv""#]),
    ("disableNetworking", &["false"]),
    ("privileged", &["true", "false"]),
    ("readonlyRootFilesystem", &["true", "false"]),
    ("dockerSecurityOptions", &["[]", r#"["label:disable"]"#]),
    ("interactive", &["true", "false"]),
    ("pseudoTerminal", &["true", "false"]),
    ("dockerLabels", &["{}", r#"{"b":"2","a":""}"#]),
    ("ulimits", &["[]", r#"[{"name":"nproc","softLimit":1,"hardLimit":2}]"#]),
    (
        "logConfiguration",
        &[
            r#"{"logDriver":"json-file"}"#,
            r#"{"logDriver":"journald","options":{},"secretOptions":[]}"#,
            r#"{"logDriver":"awslogs","options":{"awslogs-group":"g","awslogs-region":"r"},"secretOptions":[{"name":"n","valueFrom":"v"}]}"#,
        ],
    ),
    (
        "healthCheck",
        &[
            r#"{"command":["CMD","true"]}"#,
            r#"{"command":["CMD-SHELL","true"],"interval":5,"timeout":2,"retries":1,"startPeriod":0}"#,
        ],
    ),
    ("systemControls", &["[]", r#"[{"namespace":"net.core.somaxconn","value":"1"}]"#]),
    ("resourceRequirements", &["[]", r#"[{"type":"GPU","value":"1"}]"#]),
    ("credentialSpecs", &["[]", r#"["credentialspec:x"]"#]),
    ("repositoryCredentials", &[r#"{"credentialsParameter":"s"}"#]),
];

/// Members of a container that network mode bridge alone allows.
const BRIDGE: Choices = &[
    ("links", &["[]", r#"["c0:zero"]"#]),
    ("hostname", &[r#""h""#]),
    ("dnsServers", &["[]", r#"["10.0.0.2"]"#]),
    ("dnsSearchDomains", &["[]", r#"["example.com"]"#]),
    ("extraHosts", &["[]", r#"[{"hostname":"h","ipAddress":"10.0.0.1"}]"#]),
];

/// Members of the task, whose roles and volumes are always there.
const TASK: Choices = &[
    ("placementConstraints", &["[]", r#"[{"type":"memberOf","expression":"a == b"}]"#]),
    ("requiresCompatibilities", &["[]", r#"["EC2"]"#]),
    ("cpu", &[r#""256""#, r#""4096""#]),
    ("memory", &[r#""512""#, r#""8192""#]),
    ("pidMode", &[r#""host""#, r#""task""#]),
    ("ipcMode", &[r#""host""#, r#""none""#]),
    (
        "runtimePlatform",
        &[
            "{}",
            r#"{"cpuArchitecture":"ARM64"}"#,
            r#"{"operatingSystemFamily":"LINUX","cpuArchitecture":"X86_64"}"#,
        ],
    ),
    ("enableFaultInjection", &["true", "false"]),
    ("tags", &[r#"[{"key":"k","value":"v"}]"#]),
];

/// Configurations of the volume `v2`.
const VOLUMES: &[&str] = &[
    r#"{"name":"v2"}"#,
    r#"{"name":"v2","host":{"sourcePath":"/srv"}}"#,
    r#"{"name":"v2","dockerVolumeConfiguration":{"scope":"task","driver":"local","driverOpts":{"a":"b"},"labels":{}}}"#,
    r#"{"name":"v2","efsVolumeConfiguration":{"fileSystemId":"fs","rootDirectory":"/","transitEncryption":"ENABLED","authorizationConfig":{"iam":"ENABLED"}}}"#,
    r#"{"name":"v2","efsVolumeConfiguration":{"fileSystemId":"fs","authorizationConfig":{}}}"#,
    r#"{"name":"v2","s3filesVolumeConfiguration":{"fileSystemArn":"arn:aws:s3files:r:1:x","transitEncryptionPort":1}}"#,
    r#"{"name":"v2","fsxWindowsFileServerVolumeConfiguration":{"fileSystemId":"f","rootDirectory":"r","authorizationConfig":{"credentialsParameter":"c","domain":"d"}}}"#,
    r#"{"name":"v2","configuredAtLaunch":false}"#,
];

/// An object with some of the members, each with one of its values.
fn some_of(choices: Choices) -> impl Strategy<Value = Map<String, Value>> {
    let member = |(name, values): &(&'static str, &'static [&'static str])| {
        let value =
            select(*values).prop_map(|text| serde_json::from_str::<Value>(text).expect("choices are JSON"));
        (Just(*name), prop::option::weighted(0.4, value))
    };
    let members: Vec<_> = choices.iter().map(member).collect();
    members.prop_map(|members| {
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    })
}

/// Port mappings of the container with this number, which meet no other's.
fn ports(number: usize) -> impl Strategy<Value = Value> {
    let port = 1000 * (number + 1);
    select(vec![
        json!([]),
        json!([{"containerPort": port}]),
        json!([{"containerPort": port, "protocol": "udp", "name": format!("p{number}"), "appProtocol": "grpc"}]),
        json!([{"containerPort": port, "hostPort": port}, {"containerPortRange": format!("{}-{}", port + 1, port + 9)}]),
    ])
}

fn container(number: usize, mode: &'static str) -> impl Strategy<Value = Value> {
    let bridge = if mode == "bridge" { BRIDGE } else { &[] };
    (some_of(CONTAINER), some_of(bridge), prop::option::of(ports(number))).prop_map(
        move |(members, more, ports)| {
            let mut container = members;
            container.extend(more);
            container.extend(ports.map(|ports| ("portMappings".to_owned(), ports)));
            container.insert("name".to_owned(), json!(format!("c{number}")));
            container.insert("image".to_owned(), json!("nginx"));
            container.entry("memory").or_insert(json!(64));
            if number == 0 {
                // Others may depend on the first container, and nobody may depend on itself.
                container.remove("dependsOn");
                container.remove("links");
            }
            Value::Object(container)
        },
    )
}

fn definition() -> impl Strategy<Value = Value> {
    select(vec!["bridge", "awsvpc"]).prop_flat_map(|mode| {
        let containers = (container(0, mode), container(1, mode), container(2, mode));
        (some_of(TASK), containers, select(VOLUMES), any::<bool>()).prop_map(
            move |(task, (a, b, c), volume, explicit)| {
                let mut task = task;
                if mode == "awsvpc" || explicit {
                    task.insert("networkMode".to_owned(), json!(mode));
                }
                let volume: Value = serde_json::from_str(volume).expect("choices are JSON");
                task.insert("family".to_owned(), json!("web"));
                task.insert("taskRoleArn".to_owned(), json!("task"));
                task.insert("executionRoleArn".to_owned(), json!("arn:aws:iam::123456789012:role/exec"));
                task.insert("containerDefinitions".to_owned(), json!([a, b, c]));
                task.insert("volumes".to_owned(), json!([{"name": "v1", "host": {}}, volume]));
                Value::Object(task)
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_registered_reads_back(input in definition()) {
        let described = described(&input.to_string());
        prop_assert_eq!(readable(&described), filled(&input));
    }

    #[test]
    fn what_reads_back_registers_again_unchanged(input in definition()) {
        let first = readable(&described(&input.to_string()));
        let second = readable(&described(&first.to_string()));
        prop_assert_eq!(first, second);
    }
}
