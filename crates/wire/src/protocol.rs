//! The protocols that are spoken here.
//!
//! Every decision that differs between them is one `match` over [`Protocol`] without a `_` arm, so that
//! a new protocol visits each of them (docs/checklists/add-a-protocol.md).

/// How one request and its answer are spelled. Source: the protocol pages of the Smithy specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// awsJson 1.0: `X-Amz-Target` names the operation, JSON both ways.
    AwsJson10,
    /// awsJson 1.1: as 1.0, with another content type.
    AwsJson11,
    /// awsQuery: a form with `Action` and `Version` in, XML out.
    AwsQuery,
}

impl Protocol {
    /// The content type of every answer, faults included.
    pub fn content_type(self) -> &'static str {
        match self {
            Protocol::AwsJson10 => "application/x-amz-json-1.0",
            Protocol::AwsJson11 => "application/x-amz-json-1.1",
            Protocol::AwsQuery => "text/xml",
        }
    }

    /// Whether requests name their operation in the `X-Amz-Target` header.
    pub fn uses_target_header(self) -> bool {
        match self {
            Protocol::AwsJson10 | Protocol::AwsJson11 => true,
            Protocol::AwsQuery => false,
        }
    }

    /// Whether requests name their operation in a form field `Action`.
    pub fn uses_action_field(self) -> bool {
        match self {
            Protocol::AwsJson10 | Protocol::AwsJson11 => false,
            Protocol::AwsQuery => true,
        }
    }
}
