//! The metadata endpoint of a running task.

use crate::control::{ControlPlane, soon};
use crate::node::Node;
use crate::tasks::{id, run, task};
use gantry_model::status::TaskStatus;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(address: SocketAddr, path: &str) -> (u16, Value) {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = soon("an answer", exchange).await;
    let status = answer.split_whitespace().nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap())
}

fn keys(document: &Value) -> Vec<&str> {
    document.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn documents_have_the_members_of_version_4() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    let assigned = task(1, &["serve", "serve"]);
    control.assign(&session, vec![run(&assigned)]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    let (address, own) = (node.network.listener(), format!("/v4/{}-1", id(1)));

    let (status, container) = get(address, &own).await;
    assert_eq!(status, 200);
    assert_eq!(
        keys(&container),
        [
            "ContainerARN",
            "CreatedAt",
            "DesiredStatus",
            "DockerId",
            "DockerName",
            "Image",
            "ImageID",
            "KnownStatus",
            "Labels",
            "Limits",
            "LogDriver",
            "LogOptions",
            "Name",
            "Networks",
            "Snapshotter",
            "StartedAt",
            "Type",
        ]
    );
    assert_eq!(
        (&container["Name"], &container["KnownStatus"], &container["Type"]),
        (&"c1".into(), &"RUNNING".into(), &"NORMAL".into())
    );
    assert_eq!(container["Labels"]["com.amazonaws.ecs.task-arn"], assigned.arn);
    assert_eq!(container["Networks"][0]["IPv4Addresses"][0], "172.31.1.1");
    assert_eq!(container["Networks"][0]["SubnetGatewayIpv4Address"], "172.31.0.1/20");
    assert_eq!(container["Limits"]["Memory"], 128);

    let (_, document) = get(address, &format!("{own}/task")).await;
    assert_eq!(
        keys(&document),
        [
            "AvailabilityZone",
            "Cluster",
            "Containers",
            "DesiredStatus",
            "Family",
            "FaultInjectionEnabled",
            "KnownStatus",
            "LaunchType",
            "Limits",
            "PullStartedAt",
            "PullStoppedAt",
            "Revision",
            "TaskARN",
            "VPCID",
        ]
    );
    assert_eq!((&document["Limits"]["CPU"], &document["Revision"]), (&0.25.into(), &"1".into()));
    assert_eq!(document["Containers"].as_array().unwrap().len(), 2);

    let (_, stats) = get(address, &format!("{own}/stats")).await;
    assert_eq!(stats["memory_stats"]["limit"], 128 * 1024 * 1024);
    let (_, stats) = get(address, &format!("{own}/task/stats")).await;
    assert!(stats[format!("{}-2", id(1))]["network_rate_stats"].is_null(), "the first sample has no rate");
    assert!(stats[format!("{}-1", id(1))]["network_rate_stats"]["rx_bytes_per_sec"].is_number(), "{stats}");

    for path in ["/", "/v4", "/v4/other", "/v2/metadata", &format!("{own}/nothing")] {
        assert_eq!(get(address, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_task_that_asks_too_often_is_told_so() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    let address = node.network.listener();
    let mut refused = 0;
    for _ in 0..300 {
        refused += u32::from(get(address, &format!("/v4/{}-1", id(1))).await.0 == 429);
    }
    assert!(refused > 0);
}
