//! The HTTP side of it.

use super::{Answer, Metadata};
use crate::limits::{METADATA_CONNECTIONS_MAX, METADATA_READ_LIMIT_MS};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::sleep;

/// How long to wait when the system takes no further connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// An endpoint that is served until this is dropped.
#[derive(Debug)]
pub(crate) struct Endpoint(AbortHandle);

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Metadata {
    /// Serves a listener that does not block.
    pub(crate) fn serve(self, listener: std::net::TcpListener) -> io::Result<Endpoint> {
        let listener = TcpListener::from_std(listener)?;
        Ok(Endpoint(tokio::spawn(accept(Arc::new(self), listener)).abort_handle()))
    }

    async fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        if !self.rate.admits() {
            return Ok(response(Answer { status: 429, body: json!("Too many requests") }));
        }
        if request.method() != Method::GET {
            return Ok(response(Answer { status: 405, body: json!("Method not allowed") }));
        }
        let path = request.uri().path().to_owned();
        let answer = spawn_blocking(move || self.answer(&path)).await;
        Ok(response(answer.unwrap_or_else(|_| Answer { status: 500, body: json!("Internal error") })))
    }
}

async fn accept(metadata: Arc<Metadata>, listener: TcpListener) {
    let room = Arc::new(Semaphore::new(METADATA_CONNECTIONS_MAX));
    loop {
        let place = room.clone().acquire_owned().await.expect("the semaphore is never closed");
        let Ok((stream, _)) = listener.accept().await else {
            // A want of descriptors or memory: it passes when somebody closes something.
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let metadata = metadata.clone();
        tokio::spawn(async move {
            connection(metadata, stream).await;
            drop(place);
        });
    }
}

/// One connection until it ends. What its client does wrong concerns nobody else.
async fn connection(metadata: Arc<Metadata>, stream: TcpStream) {
    let service = service_fn(|request| metadata.clone().respond(request));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(METADATA_READ_LIMIT_MS))
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection to a metadata endpoint ended badly");
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body.to_string())));
    *response.status_mut() = StatusCode::from_u16(answer.status).expect("answers have valid statuses");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
