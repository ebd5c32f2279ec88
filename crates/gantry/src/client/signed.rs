//! One request: signed, sent on a connection of its own.

use super::{Client, ClientError};
use gantry_wire::HttpRequest;
use gantry_wire::schema::Timestamp;
use gantry_wire::sigv4::sign;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::time::SystemTime;
use tokio::net::TcpStream;

/// A request before it is signed.
pub(super) struct Call {
    method: &'static str,
    service: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Call {
    pub(super) fn get(service: &'static str, target: String) -> Self {
        Self { method: "GET", service, target, headers: Vec::new(), body: String::new() }
    }

    pub(super) fn post(service: &'static str, target: String) -> Self {
        Self { method: "POST", ..Self::get(service, target) }
    }

    pub(super) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn body(self, body: String) -> Self {
        Self { body, ..self }
    }
}

impl Client {
    /// Sends a request. The connection lives as long as its answer is read.
    pub(super) async fn send(&self, call: Call) -> Result<Response<Incoming>, ClientError> {
        let url = &self.endpoint.url;
        let host = url.strip_prefix("http://").ok_or_else(|| ClientError::Address(url.clone()))?;
        let unreachable = |source| ClientError::Unreachable { url: url.clone(), source };
        let stream = TcpStream::connect(host).await.map_err(unreachable)?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(ClientError::Broken)?;
        tokio::spawn(connection.with_upgrades());
        sender.send_request(self.signed(call, host)).await.map_err(ClientError::Broken)
    }

    fn signed(&self, call: Call, host: &str) -> Request<Full<Bytes>> {
        let Call { method, service, target, mut headers, body } = call;
        headers.push(("host", host.to_owned()));
        let pairs: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let request = HttpRequest { method, path, query, headers: &pairs, body: body.as_bytes() };
        let added = sign(&request, &self.credentials, &self.region, service, now());
        let mut request = Request::builder().method(method).uri(&target);
        for (name, value) in headers.into_iter().chain(added) {
            request = request.header(name, value);
        }
        request.body(Full::from(body)).expect("targets are percent-encoded and headers are plain text")
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_epoch_ms(since.map_or(0, |since| since.as_millis() as i64))
}
