//! A small signed client of the JSON protocol: a call costs a fraction of a millisecond, where the AWS CLI takes most of a
//! second. For load, faults and benchmarks; what AWS's own clients see is tested with those.

use crate::Host;
use anyhow::{Context, Result, anyhow, bail};
use gantry_wire::HttpRequest;
use gantry_wire::schema::Timestamp;
use gantry_wire::sigv4::{Credentials, SecretKey, sign};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A call that takes longer is a failure of the product.
const CALL_LIMIT: Duration = Duration::from_secs(30);

/// Where a client calls, and as whom.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `ADDRESS:PORT`.
    pub address: String,
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret: String,
    /// Region.
    pub region: String,
}

/// How a connection is made to an address.
type Connect = Box<dyn Fn(&str) -> Result<TcpStream> + Send>;

/// A connection that is kept and made anew when it broke.
pub struct Client {
    endpoint: Endpoint,
    connect: Connect,
    connection: Option<BufReader<TcpStream>>,
}

/// What the product answered when it did not answer what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// AWS's code, such as `ClusterNotFoundException`.
    pub code: String,
    /// AWS's message.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)
    }
}

impl std::error::Error for Fault {}

impl Client {
    /// A client in this process's own network namespace.
    pub fn new(endpoint: Endpoint) -> Self {
        let connect = |address: &str| Ok(TcpStream::connect(address)?);
        Self { endpoint, connect: Box::new(connect), connection: None }
    }

    /// A client whose connections begin on a host.
    ///
    /// # Errors
    /// When the host's network namespace cannot be opened.
    pub fn on(host: &Host, endpoint: Endpoint) -> Result<Self> {
        let namespace = host.network()?;
        let connect = move |address: &str| Host::connect(&namespace, address);
        Ok(Self { endpoint, connect: Box::new(connect), connection: None })
    }

    /// Calls an ECS operation.
    ///
    /// # Errors
    /// [`Fault`] when the product answered one; anything else when it did not answer.
    pub fn ecs(&mut self, operation: &str, input: &Value) -> Result<Value> {
        let result = self.exchange(operation, &input.to_string());
        if result.as_ref().is_err_and(|error| error.downcast_ref::<Fault>().is_none()) {
            self.connection = None;
        }
        result
    }

    fn exchange(&mut self, operation: &str, body: &str) -> Result<Value> {
        let request = self.request(operation, body);
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(BufReader::new(self.open()?)),
        };
        connection.get_mut().write_all(request.as_bytes()).context("cannot send")?;
        let Answer { status, body, stays_open } = read_answer(connection)?;
        if !stays_open {
            self.connection = None;
        }
        let value: Value = match body.as_slice() {
            [] => Value::Null,
            text => serde_json::from_slice(text)
                .with_context(|| format!("status {status} with {}", String::from_utf8_lossy(text)))?,
        };
        if status == 200 { Ok(value) } else { Err(fault(status, &value).into()) }
    }

    fn open(&self) -> Result<TcpStream> {
        let stream = (self.connect)(&self.endpoint.address).context("cannot connect")?;
        stream.set_read_timeout(Some(CALL_LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn request(&self, operation: &str, body: &str) -> String {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        let headers = [
            ("Host", self.endpoint.address.as_str()),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", &target),
        ];
        let unsigned =
            HttpRequest { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
        let credentials = Credentials {
            access_key_id: self.endpoint.access_key_id.clone(),
            secret: SecretKey::new(&self.endpoint.secret),
            session_token: None,
        };
        let added = sign(&unsigned, &credentials, &self.endpoint.region, "ecs", now());
        let added = added.iter().map(|(name, value)| (*name, value.as_str()));
        let lines: String =
            headers.into_iter().chain(added).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("POST / HTTP/1.1\r\n{lines}Content-Length: {}\r\n\r\n{body}", body.len())
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Timestamp::from_epoch_ms(since.as_millis() as i64)
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    /// Whether the connection carries another request (RFC 9112 section 9.3).
    stays_open: bool,
}

fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<Answer> {
    let mut status_line = String::new();
    if connection.read_line(&mut status_line).context("cannot receive")? == 0 {
        bail!("the connection was closed");
    }
    let status = status_line.split(' ').nth(1).and_then(|text| text.parse().ok()).context("a status line")?;
    let mut stays_open = status_line.starts_with("HTTP/1.1");
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).context("cannot receive")?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(|_| anyhow!("content-length is {value}"))?;
        }
        if name.eq_ignore_ascii_case("connection") {
            stays_open &= !value.trim().eq_ignore_ascii_case("close");
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).context("cannot receive")?;
    Ok(Answer { status, body, stays_open })
}

fn fault(status: u16, body: &Value) -> Fault {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Fault { status, code: text("__type"), message: text("message") }
}
