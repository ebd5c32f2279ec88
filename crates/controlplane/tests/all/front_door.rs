//! What AWS answers before an operation runs: one row per kind of bad input.

use crate::harness::{Answer, RawRequest, World};
use serde_json::json;

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}: {answer:?}");
    assert_eq!(answer.header("x-amzn-requestid").len(), 36, "{what}: {answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_gets_the_code_and_status_that_aws_gives_it() {
    let world = World::start().await;
    let ecs = |body: &str| RawRequest::ecs("ListClusters", body);
    let signed = |request: RawRequest| request.signed(&world.key, "ecs");
    let mut other_key = world.key.clone();
    other_key.access_key_id = "AKIAOTHEROTHEROTHERO".into();
    let mut wrong_secret = world.key.clone();
    wrong_secret.secret_access_key = "w".repeat(40);
    let hour_ms = 3_600_000;
    let sts = |body: &str| {
        RawRequest::post("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.as_bytes())
    };
    let rows: Vec<(&str, RawRequest, u16, &str)> = vec![
        ("no target", RawRequest::post("/"), 400, "UnknownOperationException"),
        ("a browser", RawRequest::get("/favicon.ico"), 400, "UnknownOperationException"),
        ("unknown operation", signed(RawRequest::ecs("MakeCoffee", "{}")), 400, "UnknownOperationException"),
        ("not JSON", signed(ecs("{")), 400, "SerializationException"),
        ("wrong type", signed(ecs(r#"{"maxResults":"ten"}"#)), 400, "SerializationException"),
        ("deep nesting", signed(ecs(&"[".repeat(100_000))), 400, "SerializationException"),
        (
            "not UTF-8",
            signed(RawRequest::ecs("ListClusters", vec![0xff, 0xfe])),
            400,
            "SerializationException",
        ),
        ("a missing member", signed(RawRequest::ecs("StopTask", "{}")), 400, "InvalidParameterException"),
        ("no signature", ecs("{}"), 400, "MissingAuthenticationTokenException"),
        (
            "half a signature",
            ecs("{}").header("authorization", "AWS4-HMAC-SHA256 Credential=x"),
            400,
            "IncompleteSignatureException",
        ),
        ("unknown key", ecs("{}").signed(&other_key, "ecs"), 400, "UnrecognizedClientException"),
        ("wrong secret", ecs("{}").signed(&wrong_secret, "ecs"), 400, "InvalidSignatureException"),
        ("changed body", signed(ecs("{}")).body("{ }"), 400, "InvalidSignatureException"),
        ("other service", ecs("{}").signed(&world.key, "s3"), 400, "InvalidSignatureException"),
        ("late clock", ecs("{}").signed_at(&world.key, "ecs", -hour_ms), 400, "InvalidSignatureException"),
        ("early clock", ecs("{}").signed_at(&world.key, "ecs", hour_ms), 400, "InvalidSignatureException"),
        (
            "STS, no signature",
            sts("Action=GetCallerIdentity&Version=2011-06-15"),
            403,
            "MissingAuthenticationToken",
        ),
        ("STS, no such action", sts("Action=Nothing&Version=2011-06-15"), 400, "InvalidAction"),
    ];
    for (what, request, status, code) in rows {
        check(what, &world.send(request).await, status, code);
    }
    let late = world.send(ecs("{}").signed_at(&world.key, "ecs", -hour_ms)).await;
    assert!(late.body.contains("Signature expired"), "{late:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_request_is_answered_in_its_protocol() {
    let world = World::start().await;
    let answer = world.call("ListClusters", json!({})).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/x-amz-json-1.1"),
        "{answer:?}"
    );
    assert_eq!(answer.json(), json!({"clusterArns": []}));

    let form = RawRequest::post("/").header("content-type", "application/x-www-form-urlencoded");
    let form = form.body("Action=GetCallerIdentity&Version=2011-06-15").signed(&world.key, "sts");
    let answer = world.send(form).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/xml"), "{answer:?}");
    assert!(answer.body.contains("<Arn>arn:aws:iam::123456789012:root</Arn>"), "{answer:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_installation_takes_every_signature_and_none() {
    let world = World::open().await;
    let mut stranger = world.key.clone();
    stranger.access_key_id = "test".into();
    stranger.secret_access_key = "test".into();
    for request in [
        RawRequest::ecs("ListClusters", "{}"),
        RawRequest::ecs("ListClusters", "{}").signed(&stranger, "ecs"),
    ] {
        assert_eq!(world.send(request).await.status, 200);
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_sixteen_mebibytes_is_read_and_a_longer_one_refused() {
    let world = World::start().await;
    let padded = |size: usize| {
        let body = format!("{{{}}}", " ".repeat(size - 2));
        RawRequest::ecs("ListClusters", body).signed(&world.key, "ecs")
    };
    let limit = 16 * 1024 * 1024;
    assert_eq!(world.send(padded(limit)).await.status, 200);
    let refused = world.send(padded(limit + 1)).await;
    check("too large", &refused, 413, "RequestEntityTooLargeException");

    // Without a length in front, it is counted while it comes.
    let chunk = "x".repeat(1024 * 1024);
    let mut chunked = RawRequest::post("/").header("transfer-encoding", "chunked").head();
    chunked = chunked.replace("content-length: 0\r\n", "") + "connection: close\r\n\r\n";
    let body: String =
        (0..17).map(|_| format!("{:x}\r\n{chunk}\r\n", chunk.len())).collect::<String>() + "0\r\n\r\n";
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, (chunked + &body).as_bytes()).await.unwrap();
    check("too many chunks", &Answer::read(stream).await, 413, "RequestEntityTooLargeException");
    world.stop().await;
}
