//! Which service, protocol and operation a request is for.
//!
//! | sign in the request | protocol |
//! |---|---|
//! | header `X-Amz-Target: Prefix.Operation` | awsJson of the service with that prefix |
//! | form fields `Action` and `Version` | awsQuery of the service in the credential scope; without a signature, of the one service with that version and action |
//! | a path under `/_gantry/` | none: the platform's own |

use crate::codec::query;
use crate::sigv4::Claim;
use crate::text::percent;
use crate::{ErrorInfo, Fault, HttpRequest, Protocol, ServiceInfo};

/// Where the platform's own endpoints live; no AWS path starts so.
pub const PLATFORM_PREFIX: &str = "/_gantry/";

/// Where a request goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Destination<'a> {
    /// To an operation of a service.
    Aws(Route),
    /// To the platform itself: the path behind [`PLATFORM_PREFIX`].
    Platform(&'a str),
}

/// One operation of a service, and how it was spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The service.
    pub service: &'static ServiceInfo,
    /// The protocol of the request and its answer.
    pub protocol: Protocol,
    /// The operation's name, one of the service's.
    pub operation: &'static str,
}

/// A request that leads nowhere, with the protocol in which its client will understand the fault.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("no route: {fault}")]
pub struct NoRoute {
    /// How to spell the fault.
    pub protocol: Protocol,
    /// What AWS answers.
    pub fault: Fault,
}

const UNKNOWN_OPERATION: ErrorInfo = ErrorInfo::sender("UnknownOperationException", 400);
const INVALID_ACTION: ErrorInfo = ErrorInfo::sender("InvalidAction", 400);

/// Finds the operation that a request is for, among the services of the table.
///
/// # Errors
/// No service has the operation: AWS's `UnknownOperationException` without a message, or for a form its
/// `InvalidAction`; both are 400.
pub fn route<'a>(
    services: &[&'static ServiceInfo],
    request: &HttpRequest<'a>,
) -> Result<Destination<'a>, NoRoute> {
    if let Some(path) = request.path.strip_prefix(PLATFORM_PREFIX) {
        return Ok(Destination::Platform(path));
    }
    let route = match (request.header("x-amz-target"), action_of(request)) {
        (Some(target), _) => by_target(services, target),
        (None, Some(call)) => by_action(services, request, &call),
        (None, None) => Err(unknown_operation()),
    };
    route.map(Destination::Aws)
}

fn unknown_operation() -> NoRoute {
    NoRoute { protocol: Protocol::AwsJson11, fault: Fault::silent(UNKNOWN_OPERATION) }
}

fn by_target(services: &[&'static ServiceInfo], target: &str) -> Result<Route, NoRoute> {
    let (prefix, name) = target.rsplit_once('.').ok_or_else(unknown_operation)?;
    let is_meant = |service: &&&ServiceInfo| !prefix.is_empty() && service.target_prefix == prefix;
    let service = *services.iter().find(is_meant).ok_or_else(unknown_operation)?;
    let protocol = service.protocols.iter().copied().find(|protocol| protocol.uses_target_header());
    let (Some(protocol), Some(operation)) = (protocol, service.operation(name)) else {
        return Err(unknown_operation());
    };
    Ok(Route { service, protocol, operation })
}

/// What a form says about the operation.
struct FormCall {
    action: String,
    version: String,
}

fn action_of(request: &HttpRequest<'_>) -> Option<FormCall> {
    let is_form = request.media_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    if !(is_form || request.method == "GET") {
        return None;
    }
    let form = std::str::from_utf8(query::form_of(request)).ok()?;
    let field = |name| percent::field(form, name).map(|value| value.into_owned());
    Some(FormCall { action: field("Action")?, version: field("Version").unwrap_or_default() })
}

fn by_action(
    services: &[&'static ServiceInfo],
    request: &HttpRequest<'_>,
    call: &FormCall,
) -> Result<Route, NoRoute> {
    let signed_for = Claim::of(request).ok().map(|claim| claim.scope().service.to_owned());
    let is_meant = |service: &ServiceInfo| match &signed_for {
        Some(name) => service.signing_name == *name,
        None => service.operation(&call.action).is_some(),
    };
    let routes = services.iter().filter(|service| service.api_version == call.version && is_meant(service));
    let mut routes = routes.filter_map(|service| {
        let protocol = service.protocols.iter().copied().find(|protocol| protocol.uses_action_field())?;
        let operation = service.operation(&call.action)?;
        Some(Route { service, protocol, operation })
    });
    routes.next().ok_or_else(|| no_such_action(call))
}

fn no_such_action(call: &FormCall) -> NoRoute {
    let FormCall { action, version } = call;
    let message = format!("Could not find operation {action} for version {version}");
    NoRoute { protocol: Protocol::AwsQuery, fault: Fault::new(INVALID_ACTION, message) }
}
