//! Connections: many idle ones, broken ones, and the end of serving.

use crate::harness::{Answer, RawRequest, World, within};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Both ends of each connection are files of this process.
const IDLE: usize = 5_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_idle_connections_cost_memory_only() {
    let world = World::start().await;
    let before_kib = resident_kib();
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(TcpStream::connect(world.address).await.unwrap());
    }
    assert_eq!(world.call("ListClusters", json!({})).await.status, 200);
    let grown_kib = resident_kib() - before_kib;
    println!("{IDLE} idle connections: {grown_kib} KiB");
    assert!(grown_kib < 150 * 1024, "{grown_kib} KiB for {IDLE} idle connections");
    drop(idle);
    world.stop().await;
}

fn resident_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_on_a_connection_harms_nobody_else() {
    let world = World::start().await;
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(nonsense).await.unwrap();
        let mut rest = Vec::new();
        within("the end of the connection", stream.read_to_end(&mut rest)).await.ok();
    }
    let mut half = TcpStream::connect(world.address).await.unwrap();
    half.write_all(b"POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf").await.unwrap();
    drop(half);
    assert_eq!(world.call("ListClusters", json!({})).await.status, 200);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_requests_share_a_connection() {
    let world = World::start().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let one = RawRequest::ecs("ListClusters", "{}").signed(&world.key, "ecs");
    let last = one.head() + "connection: close\r\n\r\n{}";
    let pipelined = (one.head() + "\r\n{}").repeat(3) + &last;
    stream.write_all(pipelined.as_bytes()).await.unwrap();
    let mut text = String::new();
    within("four answers", stream.read_to_string(&mut text)).await.unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 4, "{text}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_waits_for_news_ends_when_the_server_stops() {
    let world = World::start().await;
    let waiting = RawRequest::get("/_gantry/tasks?after=1000").signed(&world.key, "gantry");
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all((waiting.head() + "\r\n").as_bytes()).await.unwrap();
    // The answer to another request shows that the server has seen what came before.
    assert_eq!(world.call("ListClusters", json!({})).await.status, 200);
    let begun = std::time::Instant::now();
    world.stop().await;
    assert_eq!(within("the answer", Answer::read(stream)).await.status, 200);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "stopped after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_lets_a_request_end_and_closes_idle_connections() {
    let world = World::start().await;
    let mut idle = TcpStream::connect(world.address).await.unwrap();
    let request = RawRequest::ecs("ListClusters", "{}").signed(&world.key, "ecs");
    let mut begun = TcpStream::connect(world.address).await.unwrap();
    begun.write_all((request.head() + "\r\n").as_bytes()).await.unwrap();
    // The answer to another request shows that the server has seen what came before.
    assert_eq!(world.call("ListClusters", json!({})).await.status, 200);
    let stopping = tokio::spawn(world.stop());
    let mut nothing = Vec::new();
    within("the idle connection to close", idle.read_to_end(&mut nothing)).await.unwrap();
    begun.write_all(b"{}").await.unwrap();
    assert_eq!(within("the last answer", Answer::read(begun)).await.status, 200);
    within("the end", stopping).await.unwrap();
}
