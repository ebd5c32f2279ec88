//! Answers: an output or a fault as status, headers and body.

use crate::codec::json::JsonWriter;
use crate::codec::xml::XmlWriter;
use crate::route::Route;
use crate::schema::Writer;
use crate::{Fault, Protocol, Structure};

/// One complete answer, for an HTTP library to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The whole body.
    pub body: String,
}

/// The header that names the request in every answer.
pub const REQUEST_ID_HEADER: &str = "x-amzn-RequestId";
/// The header that repeats a fault's code.
pub const ERROR_TYPE_HEADER: &str = "x-amzn-ErrorType";

impl Answer {
    /// The answer to a call that worked.
    pub fn success(route: &Route, request_id: &str, output: &dyn Structure) -> Answer {
        let body = match route.protocol {
            Protocol::AwsJson10 | Protocol::AwsJson11 => crate::codec::json::to_string(output),
            Protocol::AwsQuery => query_output(route, request_id, output),
        };
        Answer::new(200, route.protocol, request_id, body)
    }

    /// The answer to a call that failed, whether before or after it was routed. `namespace` is that of
    /// the service, or empty.
    pub fn failure(protocol: Protocol, namespace: &str, request_id: &str, fault: &Fault) -> Answer {
        let body = match protocol {
            Protocol::AwsJson10 | Protocol::AwsJson11 => json_fault(fault),
            Protocol::AwsQuery => query_fault(namespace, request_id, fault),
        };
        let mut answer = Answer::new(fault.status(), protocol, request_id, body);
        if protocol.uses_target_header() {
            answer.headers.push((ERROR_TYPE_HEADER, fault.code().to_owned()));
        }
        answer
    }

    fn new(status: u16, protocol: Protocol, request_id: &str, body: String) -> Answer {
        let content_type = ("content-type", protocol.content_type().to_owned());
        let request_id = (REQUEST_ID_HEADER, request_id.to_owned());
        Answer { status, headers: vec![content_type, request_id], body }
    }
}

fn json_fault(fault: &Fault) -> String {
    let mut writer = JsonWriter::default();
    writer.begin_object();
    writer.named("__type");
    writer.string(fault.code());
    if let Some(message) = fault.message() {
        writer.named("message");
        writer.string(message);
    }
    if let Some(members) = fault.members() {
        members.write_members(&mut writer);
    }
    writer.end_object();
    writer.into_text()
}

fn query_output(route: &Route, request_id: &str, output: &dyn Structure) -> String {
    let response = format!("{}Response", route.operation);
    let result = format!("{}Result", route.operation);
    let mut writer = XmlWriter::default();
    writer.open_in(&response, route.service.xml_namespace);
    writer.open(&result);
    output.write_members(&mut writer);
    writer.close(&result);
    writer.open("ResponseMetadata");
    writer.leaf("RequestId", request_id);
    writer.close("ResponseMetadata");
    writer.close(&response);
    writer.into_text()
}

fn query_fault(namespace: &str, request_id: &str, fault: &Fault) -> String {
    let mut writer = XmlWriter::default();
    writer.open_in("ErrorResponse", namespace);
    writer.open("Error");
    writer.leaf("Type", fault.blame().as_str());
    writer.leaf("Code", fault.code());
    if let Some(message) = fault.message() {
        writer.leaf("Message", message);
    }
    if let Some(members) = fault.members() {
        members.write_members(&mut writer);
    }
    writer.close("Error");
    writer.leaf("RequestId", request_id);
    writer.close("ErrorResponse");
    writer.into_text()
}
