//! The stages that every request passes.
//!
//! ```text
//! read ─► route ─► authenticate ─► parse ─► plan ─┬─► answer from the durable state ─────────────────┬─► write
//!                                                 └─► command ─► commit ─► answer from its outcome ──┘
//! ```
//! Whatever goes wrong on the way becomes an answer that the client's protocol can spell. Every answer names its request.

use crate::clock::{request_id, wall_ms};
use crate::http::{Body, ReadError, ReadRequest, response};
use crate::plane::Plane;
use crate::platform;
use gantry_facade::{Context, Output, Plan};
use gantry_model::{RequestId, Timestamp};
use gantry_orchestrator::command::Request as CommandRequest;
use gantry_orchestrator::leader::Input;
use gantry_shapes::{Call, SERVICES};
use gantry_wire::codec::fault_of;
use gantry_wire::route::{Destination, Route, route};
use gantry_wire::{Answer, ErrorInfo, Fault, HttpRequest, Protocol};
use hyper::body::Incoming;
use hyper::{Request, Response};

const TOO_LARGE: ErrorInfo = ErrorInfo::sender("RequestEntityTooLargeException", 413);

/// Answers one request; `when_read` is told that its client has sent all of it.
///
/// # Errors
/// [`ReadError::Broken`] when there is nobody to answer: the connection is to be closed.
pub(crate) async fn serve(
    plane: &Plane,
    request: Request<Incoming>,
    when_read: impl FnOnce(),
) -> Result<Response<Body>, ReadError> {
    let id = request_id();
    let read = ReadRequest::read(request).await;
    when_read();
    let request = match read {
        Ok(request) => request,
        Err((request, ReadError::TooLarge)) => return Ok(response(too_large(&request, id))),
        Err((_, broken @ ReadError::Broken(_))) => return Err(broken),
    };
    let headers = request.header_pairs();
    let http = request.as_wire(&headers);
    match route(SERVICES, &http) {
        Ok(Destination::Aws(route)) => Ok(response(aws(plane, id, &route, &http).await)),
        Ok(Destination::Platform(path)) => Ok(platform::serve(plane, id, path, &request).await),
        Err(nowhere) => Ok(response(Answer::failure(nowhere.protocol, "", &id.to_string(), &nowhere.fault))),
    }
}

/// Answers a call to an AWS operation.
async fn aws(plane: &Plane, id: RequestId, route: &Route, http: &HttpRequest<'_>) -> Answer {
    let outcome = call(plane, id, route, http).await;
    let code = outcome.as_ref().err().map(Fault::code);
    tracing::debug!(request = %id, service = route.service.name, operation = route.operation, fault = code, "answered");
    match outcome {
        Ok(output) => Answer::success(route, &id.to_string(), output.as_ref()),
        Err(fault) => Answer::failure(route.protocol, route.service.xml_namespace, &id.to_string(), &fault),
    }
}

async fn call(plane: &Plane, id: RequestId, route: &Route, http: &HttpRequest<'_>) -> Result<Output, Fault> {
    let caller = plane.authenticator.caller(http, route.service.signing_name, route.protocol)?;
    let call = Call::read(route, http).map_err(|error| fault_of(route.protocol, &error))?;
    let state = plane.published.state();
    let plan =
        gantry_facade::plan(&Context { state: &state, now: Timestamp(wall_ms()), caller: &caller }, call)?;
    let (command, respond) = match plan {
        Plan::Answer(output) => return Ok(output),
        Plan::Command { command, respond } => (command, respond),
    };
    let request = CommandRequest { id, principal: caller.principal, scope: caller.scope, command };
    let outcome = plane.leader.ask(Input::Request(request)).await;
    respond(&outcome.state, outcome.result)
}

/// The body of such a request is not known, and so its operation may not be either.
fn too_large(request: &ReadRequest, id: RequestId) -> Answer {
    let json = request.headers.contains_key("x-amz-target") || request.uri.path().starts_with("/_gantry/");
    let protocol = if json { Protocol::AwsJson11 } else { Protocol::AwsQuery };
    let fault = Fault::new(TOO_LARGE, "Request entity too large");
    Answer::failure(protocol, "", &id.to_string(), &fault)
}
