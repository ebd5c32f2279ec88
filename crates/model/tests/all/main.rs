//! Rows of every kind, pinned by golden files: what an older build wrote must stay readable.

use expect_test::expect_file;
use gantry_model::record::task::{
    Address, ContainerIdentity, ContainerObserved, Desired, Eni, Observed, TaskSpec,
};
use gantry_model::record::task_definition::{
    ContainerDefinition, KeyValue, PortMapping, TaskDefinitionContent,
};
use gantry_model::record::*;
use gantry_model::status::*;
use gantry_model::*;
use std::sync::Arc;

fn scope() -> AccountRegion {
    AccountRegion {
        account: "123456789012".parse().expect("an account"),
        region: "eu-central-1".parse().expect("a region"),
    }
}

fn cluster_key() -> ClusterKey {
    ClusterKey { scope: scope(), name: "demo".parse().expect("a name") }
}

fn definition_key() -> TaskDefinitionKey {
    TaskDefinitionKey { scope: scope(), family: "hello".parse().expect("a name"), revision: 7 }
}

fn cluster() -> Cluster {
    Cluster {
        key: cluster_key(),
        settings: [("containerInsights".to_owned(), "disabled".to_owned())].into(),
        tags: [("team".to_owned(), "a".to_owned())].into(),
        created_at: Timestamp(1_800_000_000_000),
        ..Cluster::default()
    }
}

fn definition() -> TaskDefinition {
    let port =
        PortMapping { container_port: Some(8080), protocol: Some(Transport::Tcp), ..PortMapping::default() };
    let container = ContainerDefinition {
        name: "web".into(),
        image: "gantry/hello".into(),
        port_mappings: Some(vec![port]),
        environment: Some(vec![KeyValue { name: Some("A".into()), value: Some("1".into()) }]),
        links: Some(vec![]),
        ..ContainerDefinition::default()
    };
    let content = TaskDefinitionContent {
        network_mode: Some(NetworkMode::Awsvpc),
        containers: vec![container],
        requires_compatibilities: Some(vec![LaunchType::Fargate]),
        cpu_units: Some(256),
        memory_mib: Some(512),
        ..TaskDefinitionContent::default()
    };
    TaskDefinition { key: definition_key(), content: Arc::new(content), ..TaskDefinition::default() }
}

fn task() -> Task {
    let eni =
        Eni { id: EniId(1), subnet: SubnetId(2), address: Address([172, 31, 0, 4].into()), ..Eni::default() };
    let spec = TaskSpec {
        cluster: cluster_key(),
        definition: definition_key(),
        launch_type: Some(LaunchType::Fargate),
        group: "family:hello".into(),
        size: Resources { cpu_units: 256, memory_mib: 512, enis: 1, gpus: 0 },
        zone: "a".into(),
        eni: Some(eni),
        containers: vec![ContainerIdentity { name: "web".into(), ..ContainerIdentity::default() }],
        created_at: Timestamp(1_800_000_000_000),
        ..TaskSpec::default()
    };
    let ended = ContainerObserved {
        status: ContainerStatus::Stopped,
        exit_code: Some(0),
        ..ContainerObserved::default()
    };
    let observed = Observed {
        status: TaskStatus::Stopped,
        containers: vec![ended],
        released: true,
        ..Observed::default()
    };
    let desired = Desired {
        status: DesiredStatus::Stopped,
        stop_code: Some(StopCode::UserInitiated),
        ..Desired::default()
    };
    Task { id: TaskId([0xab; 16]), spec: Arc::new(spec), desired, observed, version: 3, ..Task::default() }
}

fn records() -> Vec<(&'static str, Record)> {
    let token = IdempotencyKey { scope: scope(), operation: "RunTask".into(), token: "t".into() };
    vec![
        (
            "installation",
            Installation { tag: "1a2b".into(), vpc_cidr: "172.31.0.0/16".into(), ..Installation::default() }
                .into(),
        ),
        ("cluster", cluster().into()),
        (
            "family",
            FamilyRecord {
                key: FamilyKey { scope: scope(), family: definition_key().family },
                last_revision: 7,
            }
            .into(),
        ),
        ("task_definition", definition().into()),
        ("task", task().into()),
        (
            "node",
            Node { name: "n".into(), cpu_overcommit_percent: 400, session: 2, ..Node::default() }.into(),
        ),
        ("vpc", Vpc { id: VpcId(5), scope: scope(), cidr: "172.31.0.0/16".into(), is_default: true }.into()),
        ("subnet", Subnet { id: SubnetId(2), scope: scope(), zone: "a".into(), ..Subnet::default() }.into()),
        (
            "security_group",
            SecurityGroup { id: SecurityGroupId(3), name: "default".into(), ..SecurityGroup::default() }
                .into(),
        ),
        (
            "idempotency_token",
            IdempotencyToken { key: token, tasks: vec![TaskId([1; 16])], ..IdempotencyToken::default() }
                .into(),
        ),
    ]
}

#[test]
fn every_kind_has_a_golden_row() {
    assert_eq!(records().len(), Table::ALL.len(), "one sample per kind");
    for (name, record) in records() {
        let row = String::from_utf8(record.encode()).expect("rows are text");
        let line = format!("{} {row}\n", record.key().path());
        expect_file![format!("{}/tests/golden/{name}.row", env!("CARGO_MANIFEST_DIR"))].assert_eq(&line);
        let read =
            Record::decode(record.key().table() as u16, row.as_bytes()).expect("its own row is readable");
        assert_eq!(read, record);
    }
}

#[test]
fn rows_of_other_builds_are_refused_with_a_reason() {
    let newer = Record::decode(Table::Vpc as u16, b"[99,{}]").expect_err("newer");
    assert_eq!(newer.to_string(), "a row of table Vpc has version 99, this version of gantry reads up to 1");
    assert!(Record::decode(4711, b"[1,{}]").is_err(), "an unknown table");
    assert!(
        Record::decode(Table::Vpc as u16, b"[1,{\"surprise\":1}]").is_err(),
        "an unknown member is not dropped"
    );
}
