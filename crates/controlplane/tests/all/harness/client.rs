//! A client that says exactly what it is told to, byte for byte.

use super::within;
use gantry_controlplane::RootKey;
use gantry_wire::HttpRequest;
use gantry_wire::schema::Timestamp;
use gantry_wire::sigv4::{Credentials, sign};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::SystemTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct RawRequest {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl RawRequest {
    /// A call to an ECS operation.
    pub(crate) fn ecs(operation: &str, body: impl Into<Vec<u8>>) -> Self {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        Self::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", &target)
            .body(body)
    }

    pub(crate) fn post(target: &str) -> Self {
        Self {
            method: "POST",
            target: target.to_owned(),
            headers: vec![("host".into(), "gantry".into())],
            body: vec![],
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self { method: "GET", ..Self::post(target) }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn signed(self, key: &RootKey, service: &str) -> Self {
        self.signed_at(key, service, 0)
    }

    /// Signed by a clock that is ahead by some milliseconds.
    pub(crate) fn signed_at(mut self, key: &RootKey, service: &str, ahead_ms: i64) -> Self {
        let wall_ms = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
        let credentials = Credentials {
            access_key_id: key.access_key_id.clone(),
            secret: key.secret(),
            session_token: None,
        };
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let request = HttpRequest { method: self.method, path, query, headers: &headers, body: &self.body };
        let now = Timestamp::from_epoch_ms(wall_ms + ahead_ms);
        let added = sign(&request, &credentials, "us-east-1", service, now);
        self.headers.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self
    }

    pub(crate) fn head(&self) -> String {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = self.body.len();
        format!("{} {} HTTP/1.1\r\n{headers}content-length: {length}\r\n", self.method, self.target)
    }

    /// Sends it on a connection of its own.
    pub(crate) async fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = self.head() + "connection: close\r\n\r\n";
        within("an answer", async {
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&self.body).await.unwrap();
            Answer::read(stream).await
        })
        .await
    }
}

impl Answer {
    /// Reads until the server closes.
    pub(crate) async fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let head = head.to_ascii_lowercase();
        let body = if head.contains("transfer-encoding: chunked") { joined(body) } else { body.to_owned() };
        Self { status, head, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error's code in either protocol; empty for a success.
    pub(crate) fn code(&self) -> String {
        match serde_json::from_str::<Value>(&self.body) {
            Ok(body) => body["__type"].as_str().unwrap_or_default().to_owned(),
            Err(_) => between(&self.body, "<Code>", "</Code>").to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        between(&self.head, &format!("\r\n{name}: "), "\r\n")
    }
}

/// The chunks of a body without their lengths.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        body += &rest[..length];
        chunks = rest[length..].strip_prefix("\r\n").unwrap();
    }
    body
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split(end).next().unwrap_or_default()
}
