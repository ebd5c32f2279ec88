//! Where requests go.

use crate::http::{FORM, post};
use crate::shapes::SERVICE;
use gantry_wire::route::{Destination, NoRoute, route};
use gantry_wire::{HttpRequest, Protocol, ServiceInfo};

/// Another service of the same version and with one operation of the same name.
const PANTRY: ServiceInfo = ServiceInfo {
    name: "pantry",
    signing_name: "pantry",
    endpoint_prefix: "pantry",
    target_prefix: "",
    api_version: "2020-01-01",
    xml_namespace: "",
    protocols: &[Protocol::AwsQuery],
    operations: &["Other", "Store"],
};

fn find<'a>(request: &HttpRequest<'a>) -> Result<Destination<'a>, NoRoute> {
    route(&[&SERVICE, &PANTRY], request)
}

fn found(request: &HttpRequest<'_>) -> (&'static str, Protocol, &'static str) {
    match find(request) {
        Ok(Destination::Aws(route)) => (route.service.name, route.protocol, route.operation),
        other => panic!("{other:?}"),
    }
}

fn lost(request: &HttpRequest<'_>) -> String {
    let NoRoute { protocol, fault } = find(request).expect_err("no such operation");
    format!("{protocol:?} {} {fault}", fault.status())
}

#[test]
fn by_target() {
    let headers = [("X-AMZ-Target", "Kitchen_20200101.Do")];
    assert_eq!(found(&post(&headers, "{}")), ("kitchen", Protocol::AwsJson10, "Do"));
}

#[test]
fn unknown_targets() {
    for target in ["Kitchen_20200101.Undo", "Kitchen.Do", "Do", ".Do", ".Other", "", "Kitchen_20200101.do"] {
        let headers = [("x-amz-target", target)];
        assert_eq!(lost(&post(&headers, "{}")), "AwsJson11 400 UnknownOperationException", "{target}");
    }
    assert_eq!(lost(&post(&[], "Action=Do")), "AwsJson11 400 UnknownOperationException");
}

#[test]
fn by_action_without_a_signature() {
    let headers = [("content-type", FORM)];
    let store = post(&headers, "Version=2020-01-01&Action=Store");
    assert_eq!(found(&store), ("pantry", Protocol::AwsQuery, "Store"));
    let get = HttpRequest { method: "GET", query: "Action=Do&Version=2020-01-01", ..post(&[], "") };
    assert_eq!(found(&get), ("kitchen", Protocol::AwsQuery, "Do"));
}

#[test]
fn by_action_and_credential_scope() {
    for (signing_name, service) in [("pantry", "pantry"), ("kitchen-signing", "kitchen")] {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKID/20200101/us-east-1/{signing_name}/aws4_request, \
             SignedHeaders=host, Signature=00"
        );
        let headers =
            [("content-type", FORM), ("authorization", &authorization), ("x-amz-date", "20200101T000000Z")];
        let request = post(&headers, "Action=Other&Version=2020-01-01");
        assert_eq!(found(&request), (service, Protocol::AwsQuery, "Other"));
        let other_version = post(&headers, "Action=Other&Version=2019-01-01");
        assert_eq!(
            lost(&other_version),
            "AwsQuery 400 InvalidAction: Could not find operation Other for version 2019-01-01"
        );
    }
}

#[test]
fn unknown_actions() {
    let headers = [("content-type", FORM)];
    assert_eq!(
        lost(&post(&headers, "Action=Undo&Version=2020-01-01")),
        "AwsQuery 400 InvalidAction: Could not find operation Undo for version 2020-01-01"
    );
    assert_eq!(lost(&post(&headers, "Version=2020-01-01")), "AwsJson11 400 UnknownOperationException");
}

#[test]
fn paths_of_the_platform() {
    let headers = [("x-amz-target", "Kitchen_20200101.Do")];
    let request = HttpRequest { path: "/_gantry/health", ..post(&headers, "") };
    assert_eq!(find(&request), Ok(Destination::Platform("health")));
}
