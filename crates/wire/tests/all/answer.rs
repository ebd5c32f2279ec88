//! Outputs and faults as bytes.

use crate::shapes::{ErrorCode, Extra, Inner, SERVICE, inner};
use gantry_wire::codec::{fault_of, json};
use gantry_wire::route::Route;
use gantry_wire::{Answer, ErrorInfo, Fault, Protocol};

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

#[test]
fn outputs() {
    for (protocol, content_type, body) in [
        (Protocol::AwsJson10, "application/x-amz-json-1.0", r#"{"name":"n","last":1}"#),
        (Protocol::AwsJson11, "application/x-amz-json-1.1", r#"{"name":"n","last":1}"#),
        (
            Protocol::AwsQuery,
            "text/xml",
            "<OtherResponse xmlns=\"https://kitchen.example/\"><OtherResult><name>n</name><last>1</last>\
             </OtherResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></OtherResponse>",
        ),
    ] {
        let route = Route { service: &SERVICE, protocol, operation: "Other" };
        let answer = Answer::success(&route, "id", &inner("n"));
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
        assert_eq!(header(&answer, "content-type"), Some(content_type));
        assert_eq!(header(&answer, "x-amzn-RequestId"), Some("id"));
        assert_eq!(header(&answer, "x-amzn-ErrorType"), None);
    }
}

#[test]
fn json_faults() {
    let fault = ErrorCode::Refused.fault("No \"way\".");
    let with_members =
        ErrorCode::Broken.fault("m").with_members(Extra { resource_ids: Some(vec!["a".to_owned()]) });
    let silent = Fault::silent(ErrorInfo::sender("UnknownOperationException", 400));
    for (fault, status, code, body) in [
        (fault, 400, "RefusedException", r#"{"__type":"RefusedException","message":"No \"way\"."}"#),
        (
            with_members,
            500,
            "BrokenException",
            r#"{"__type":"BrokenException","message":"m","resourceIds":["a"]}"#,
        ),
        (silent, 400, "UnknownOperationException", r#"{"__type":"UnknownOperationException"}"#),
    ] {
        let answer = Answer::failure(Protocol::AwsJson11, "", "id", &fault);
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
        assert_eq!(header(&answer, "x-amzn-ErrorType"), Some(code));
        assert_eq!(header(&answer, "x-amzn-RequestId"), Some("id"));
    }
}

#[test]
fn query_faults() {
    let fault = ErrorCode::Broken.fault("<m>");
    let answer = Answer::failure(Protocol::AwsQuery, "urn:x", "id", &fault);
    assert_eq!(answer.status, 500);
    assert_eq!(
        answer.body,
        "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Receiver</Type><Code>BrokenException</Code>\
         <Message>&lt;m&gt;</Message></Error><RequestId>id</RequestId></ErrorResponse>"
    );
    let fault = ErrorCode::Refused.fault("m");
    let answer = Answer::failure(Protocol::AwsQuery, "", "id", &fault);
    assert!(answer.body.starts_with("<ErrorResponse><Error><Type>Sender</Type>"), "{}", answer.body);
}

#[test]
fn faults_of_bodies_that_cannot_be_read() {
    let error = json::parse::<Inner>(br#"{"last":"1"}"#).expect_err("it is a string");
    for (protocol, code) in
        [(Protocol::AwsJson11, "SerializationException"), (Protocol::AwsQuery, "MalformedInput")]
    {
        let want = Fault::new(ErrorInfo::sender(code, 400), "STRING_VALUE cannot be converted to Integer");
        assert_eq!(fault_of(protocol, &error), want);
    }
}

#[test]
fn faults_are_equal_when_clients_cannot_tell_them_apart() {
    let with =
        |id: &str| ErrorCode::Refused.fault("m").with_members(Extra { resource_ids: Some(vec![id.into()]) });
    assert_eq!(with("a"), with("a"));
    assert_ne!(with("a"), with("b"));
    assert_ne!(ErrorCode::Refused.fault("m"), ErrorCode::Refused.fault("n"));
    assert_eq!(ErrorCode::Refused.fault("m").to_string(), "RefusedException: m");
}
