//! HTTP between hyper and the rest: whole requests in, answers out.
//!
//! Takes in hyper's requests and wire's answers; gives out requests that were read to their end within their limits, and
//! hyper's responses. Does not know services.

mod body;
mod read;

pub(crate) use body::{Body, STREAM_CHUNKS_MAX};
pub(crate) use read::{ReadError, ReadRequest};

use gantry_wire::Answer;
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};

/// An answer as hyper sends it.
pub(crate) fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name.to_ascii_lowercase(), value);
    }
    response.body(Body::from(answer.body)).expect("wire's answers have legal statuses and headers")
}

/// An answer of the platform's own endpoints.
pub(crate) fn json(status: u16, request_id: &str, body: &impl serde::Serialize) -> Response<Body> {
    let text = serde_json::to_string(body).expect("answers hold only text keys and finite numbers");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = hyper::StatusCode::from_u16(status).expect("statuses are constants");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    name_request(&mut response, request_id);
    response
}

/// Every answer names its request.
pub(crate) fn name_request(response: &mut Response<Body>, request_id: &str) {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
    let value = HeaderValue::from_str(request_id).expect("request ids are digits and dashes");
    response.headers_mut().insert(REQUEST_ID, value);
}
