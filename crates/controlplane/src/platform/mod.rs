//! The platform's own endpoints under `/_gantry/`: what AWS's API does not have (docs/gantry-api.md).
//!
//! Takes in requests that are signed for the service `gantry`; gives out the documents of [`crate::api`], and streams. Only
//! `health` needs no signature. Faults have AWS's JSON form. Does not decide anything about tasks.

mod exec;
pub mod frames;
mod history;
mod lines;
mod logs;
mod names;
mod network;
mod output;
mod reset;
mod status;
mod tasks;
mod why;

pub use reset::ResetError;
pub(crate) use reset::reset;

use crate::api::SIGNING_NAME;
use crate::http::{Body, ReadRequest, json, name_request, response};
use crate::plane::Plane;
use gantry_facade::Caller;
use gantry_model::RequestId;
use gantry_wire::sigv4::SignatureError;
use gantry_wire::text::percent;
use gantry_wire::{Answer, ErrorInfo, Fault, Protocol};
use hyper::header::AUTHORIZATION;
use hyper::{Method, Response};
use serde::Serialize;
use std::str::FromStr;

const NO_SUCH_ENDPOINT: ErrorInfo = ErrorInfo::sender("UnknownOperationException", 404);
const INVALID: ErrorInfo = ErrorInfo::sender("ValidationException", 400);
const NOT_FOUND: ErrorInfo = ErrorInfo::sender("ResourceNotFoundException", 400);
const CONFLICT: ErrorInfo = ErrorInfo::sender("ConflictException", 400);
const UNAVAILABLE: ErrorInfo = ErrorInfo::receiver("ServiceUnavailableException", 503);

/// One request to an endpoint, signed.
struct Asked<'a> {
    plane: &'a Plane,
    id: RequestId,
    caller: Caller,
    request: &'a ReadRequest,
}

/// Answers one request.
pub(crate) async fn serve(plane: &Plane, id: RequestId, path: &str, request: &ReadRequest) -> Response<Body> {
    let name = id.to_string();
    let served = match path {
        "health" => Ok(json(200, &name, &status::health(plane))),
        path => signed(plane, id, path, request).await,
    };
    let mut response =
        served.unwrap_or_else(|fault| response(Answer::failure(Protocol::AwsJson11, "", &name, &fault)));
    name_request(&mut response, &name);
    response
}

async fn signed(
    plane: &Plane,
    id: RequestId,
    path: &str,
    request: &ReadRequest,
) -> Result<Response<Body>, Fault> {
    require_intent(request)?;
    let headers = request.header_pairs();
    let caller = plane.authenticator.caller(&request.as_wire(&headers), SIGNING_NAME, Protocol::AwsJson11)?;
    let asked = Asked { plane, id, caller, request };
    match (request.method.as_str(), path) {
        ("GET", "status") => asked.json(status::status(&asked).await?),
        ("GET", "network") => asked.json(network::network(&asked).await?),
        ("GET", "tasks") => asked.json(tasks::tasks(&asked).await?),
        ("GET", "history") => asked.json(history::history(&asked).await?),
        ("GET", "why") => asked.json(why::why(&asked).await?),
        ("GET", "logs") => logs::logs(&asked),
        ("POST", "exec") => exec::exec(&asked).await,
        ("POST", "reset") => asked.json(reset::endpoint(&asked).await?),
        (method, _) => Err(Fault::new(NO_SUCH_ENDPOINT, format!("There is no {method} /_gantry/{path}."))),
    }
}

/// A web page can make a browser post here, but not with a header of this name: so no page can do what an open
/// installation lets everybody do.
fn require_intent(request: &ReadRequest) -> Result<(), Fault> {
    if request.method == Method::POST && !request.headers.contains_key(AUTHORIZATION) {
        return Err(SignatureError::Missing.fault(Protocol::AwsJson11));
    }
    Ok(())
}

impl Asked<'_> {
    fn json(&self, document: impl Serialize) -> Result<Response<Body>, Fault> {
        Ok(json(200, &self.id.to_string(), &document))
    }

    /// A parameter of the query string; an empty one counts as absent.
    fn text(&self, name: &str) -> Option<String> {
        let value = percent::field(self.request.uri.query().unwrap_or(""), name)?;
        Some(value.into_owned()).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    fn required(&self, name: &str) -> Result<String, Fault> {
        self.text(name).ok_or_else(|| Fault::new(INVALID, format!("The parameter '{name}' is missing.")))
    }

    /// A parameter of another type than text.
    fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        let bad = |text: String| Fault::new(INVALID, format!("The parameter '{name}' cannot be '{text}'."));
        self.text(name).map(|text| text.parse().map_err(|_| bad(text))).transpose()
    }

    /// A parameter that is `true` or `false`; absent means false.
    fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(self.parsed(name)?.unwrap_or(false))
    }
}
