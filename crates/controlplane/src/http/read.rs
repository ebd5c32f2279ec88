//! Reading a request to its end.

use bytes::BytesMut;
use gantry_wire::HttpRequest;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{EXPECT, HeaderValue};
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Method, Request, Uri};

/// Largest body of a request. AWS's largest request to ECS, a task definition, is 64 KiB.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How much of a body that is too large is still read, so that a client which has sent all of it before it reads gets the
/// answer and not a reset connection.
const DISCARD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A request with its whole body.
#[derive(Debug)]
pub(crate) struct ReadRequest {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the connection becomes if the answer says so.
    pub(crate) upgrade: OnUpgrade,
}

/// The body was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// It is longer than [`BODY_BYTES_MAX`].
    #[error("the body is longer than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// The client went away, was too slow, or sent far too much: there is nobody to answer.
    #[error("the body did not come to its end")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ReadRequest {
    /// Reads the body.
    pub(crate) async fn read(mut request: Request<Incoming>) -> Result<Self, (ReadRequest, ReadError)> {
        let upgrade = hyper::upgrade::on(&mut request);
        let (head, body) = request.into_parts();
        let waits = head.headers.contains_key(EXPECT);
        let mut read =
            Self { method: head.method, uri: head.uri, headers: head.headers, body: Bytes::new(), upgrade };
        match whole(body, waits).await {
            Ok(body) => {
                read.body = body;
                Ok(read)
            }
            Err(error) => Err((read, error)),
        }
    }

    /// The headers as the wire layer takes them. A value that is no text reads as empty, which no signature covers.
    pub(crate) fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect()
    }

    /// The request as the wire layer sees it.
    pub(crate) fn as_wire<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> HttpRequest<'a> {
        HttpRequest {
            method: self.method.as_str(),
            path: self.uri.path(),
            query: self.uri.query().unwrap_or(""),
            headers,
            body: &self.body,
        }
    }
}

fn text(value: &HeaderValue) -> &str {
    std::str::from_utf8(value.as_bytes()).unwrap_or_default()
}

/// The whole body. `waits` says that the client sends it only when it is told to go on.
async fn whole(body: Incoming, waits: bool) -> Result<Bytes, ReadError> {
    let mut too_large = body.size_hint().lower() > BODY_BYTES_MAX as u64;
    if too_large && waits {
        return Err(ReadError::TooLarge);
    }
    let mut limited = Limited::new(body, DISCARD_BYTES_MAX);
    let mut bytes = BytesMut::new();
    while let Some(frame) = limited.frame().await {
        let Ok(data) = frame.map_err(ReadError::Broken)?.into_data() else { continue };
        too_large |= bytes.len() + data.len() > BODY_BYTES_MAX;
        if !too_large {
            bytes.extend_from_slice(&data);
        }
    }
    if too_large { Err(ReadError::TooLarge) } else { Ok(bytes.freeze()) }
}
