//! One value of every message.

use gantry_link::{
    Hello, NodeIdentity, Opening, PROTOCOL, Refused, RefusedBecause, StreamFrame, StreamHello, StreamId,
    StreamRequest, ToAgent, ToServer, Welcome,
};
use gantry_model::status::{
    AttachmentStatus, ContainerStatus, DesiredStatus, StopCode, TaskStatus, Transport,
};
use gantry_model::view::assignment::{AssignedMount, AssignedNetwork, AssignedPort};
use gantry_model::view::{
    AssignedContainer, AssignedTask, Assignment, AssignmentUpdate, ContainerReport, NodeReport, Occurrence,
    TaskReport,
};
use gantry_model::{AttachmentId, ContainerId, EniId, NodeId, NodeTime, Resources, TaskId, VpcId};
use std::sync::Arc;

pub(crate) fn hello() -> Hello {
    let capacity = Resources { cpu_units: 2048, memory_mib: 7900, enis: 2000, gpus: 0 };
    let node = NodeIdentity {
        id: NodeId([1; 16]),
        name: "host-1".into(),
        capacity,
        cpu_architecture: "X86_64".into(),
        zones: vec!['a', 'b'],
        agent_version: "0.1.0".into(),
    };
    Hello { protocol: PROTOCOL, node, incarnation: 7 }
}

pub(crate) fn openings() -> Vec<Opening> {
    let stream = StreamHello { node: NodeId([1; 16]), session: 3, stream: StreamId(9) };
    vec![Opening::Session(hello()), Opening::Stream(stream)]
}

pub(crate) fn to_server() -> Vec<ToServer> {
    let report = NodeReport { sequence: 4, sent_at: NodeTime(5000), tasks: vec![task_report()] };
    vec![
        ToServer::Report(report),
        ToServer::Applied { generation: 17 },
        ToServer::Resync,
        ToServer::Heartbeat { number: 12 },
        ToServer::Goodbye { restarting: true },
    ]
}

fn task_report() -> TaskReport {
    TaskReport {
        task: TaskId([2; 16]),
        status: TaskStatus::Stopped,
        attachment: AttachmentStatus::Deleted,
        containers: vec![ContainerReport {
            status: ContainerStatus::Stopped,
            exit_code: Some(137),
            reason: Some("OutOfMemoryError: Container killed due to memory usage".into()),
            image_digest: Some("sha256:00".into()),
        }],
        pull_started_at: Some(NodeTime(1)),
        pull_stopped_at: Some(NodeTime(2)),
        started_at: Some(NodeTime(3)),
        execution_stopped_at: Some(NodeTime(4)),
        stopped_at: Some(NodeTime(5)),
        stop: Some(Occurrence {
            code: StopCode::EssentialContainerExited,
            reason: "Essential container in task exited".into(),
        }),
        released: true,
    }
}

pub(crate) fn to_agent() -> Vec<ToAgent> {
    let welcome = Welcome {
        protocol: PROTOCOL,
        session: 3,
        heartbeat_ms: 1000,
        lease_ms: 10_000,
        installation: "a1b2".into(),
        vpc_cidr: "172.31.0.0/16".into(),
    };
    let refused =
        Refused { because: RefusedBecause::Superseded, text: "a newer session of this node exists".into() };
    let logs = StreamRequest::Logs {
        task: TaskId([2; 16]),
        container: "web".into(),
        follow: true,
        since_ms: Some(1_700_000_000_000),
        tail_lines: Some(10),
    };
    let exec = StreamRequest::Exec {
        task: TaskId([2; 16]),
        container: "web".into(),
        command: vec!["env".into()],
        env: vec!["A=b".into()],
        tty: Some((24, 80)),
    };
    vec![
        ToAgent::Welcome(welcome),
        ToAgent::Refused(refused),
        ToAgent::Assignments(update()),
        ToAgent::ReportAck { sequence: 4 },
        ToAgent::HeartbeatAck { number: 12 },
        ToAgent::OpenStream { stream: StreamId(9), request: logs },
        ToAgent::OpenStream { stream: StreamId(10), request: exec },
        ToAgent::CloseStream { stream: StreamId(9) },
    ]
}

fn update() -> AssignmentUpdate {
    let put = vec![Assignment { task: Arc::new(task()), desired: DesiredStatus::Running }];
    AssignmentUpdate { generation: 17, base: Some(16), put, remove: vec![TaskId([3; 16])] }
}

fn task() -> AssignedTask {
    AssignedTask {
        id: TaskId([2; 16]),
        arn: "arn:aws:ecs:us-east-1:123456789012:task/demo/02020202020202020202020202020202".into(),
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
            attachment: AttachmentId([4; 16]),
            eni: EniId(5),
            address: "172.31.0.4".parse().expect("an address"),
            mac: "02:00:ac:1f:00:04".into(),
            subnet_cidr: "172.31.0.0/20".into(),
            vpc: VpcId(6),
            private_dns_name: "ip-172-31-0-4.ec2.internal".into(),
        },
        volumes: vec!["scratch".into()],
        containers: vec![container()],
        at_most_one: false,
    }
}

fn container() -> AssignedContainer {
    AssignedContainer {
        name: "web".into(),
        id: ContainerId([7; 16]),
        arn: "arn:aws:ecs:us-east-1:123456789012:container/demo/x/y".into(),
        runtime_id: "02020202020202020202020202020202-1".into(),
        image: "gantry/hello".into(),
        essential: true,
        entry_point: Some(vec!["/hello".into()]),
        command: Some(vec!["serve".into()]),
        environment: vec![("A".into(), "b".into())],
        ports: vec![AssignedPort { container_port: 8080, host_port: 8080, transport: Transport::Tcp }],
        mounts: vec![AssignedMount {
            volume: "scratch".into(),
            container_path: "/data".into(),
            read_only: true,
        }],
        labels: [("k".into(), "v".into())].into(),
        stop_timeout_s: 30,
        log_driver: "json-file".into(),
        ..AssignedContainer::default()
    }
}

pub(crate) fn stream_frames() -> Vec<StreamFrame> {
    vec![
        StreamFrame::Stdin(b"ls\n".to_vec()),
        StreamFrame::StdinEnd,
        StreamFrame::Stdout { time_ms: 1_700_000_000_123, data: b"\x00\xff".to_vec() },
        StreamFrame::Stderr { time_ms: 1, data: Vec::new() },
        StreamFrame::Lost { bytes: 4096 },
        StreamFrame::Resize { rows: 24, columns: 80 },
        StreamFrame::Exit { code: 137 },
        StreamFrame::Error { text: "there is no such container".into() },
        StreamFrame::End,
    ]
}
