//! One reader and one writer per protocol, written once for all shapes.
//!
//! Takes in: HTTP requests and structures. Gives out: structures and bodies.
//! Does not know: any shape by name.

pub mod json;
pub mod query;
pub mod xml;

use crate::{ErrorInfo, Fault, HttpRequest, Input, Protocol, ReadError, Structure};

/// Reads the input of an operation.
///
/// # Errors
/// The body is malformed, or a value is not of its member's type; [`fault_of`] says it in AWS's words.
pub fn read_input<I: Input>(protocol: Protocol, request: &HttpRequest<'_>) -> Result<I, ReadError> {
    let mut input = I::default();
    read_into(protocol, request, &mut input)?;
    Ok(input)
}

/// As [`read_input`], into an input whose type is not known here.
pub fn read_into(
    protocol: Protocol,
    request: &HttpRequest<'_>,
    input: &mut dyn Structure,
) -> Result<(), ReadError> {
    match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => json::read(request.body, input),
        Protocol::AwsQuery => query::read(query::form_of(request), input),
    }
}

/// What a client gets whose body could not be read.
pub fn fault_of(protocol: Protocol, error: &ReadError) -> Fault {
    let code = match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => "SerializationException",
        Protocol::AwsQuery => "MalformedInput",
    };
    Fault::new(ErrorInfo::sender(code, 400), error.to_string())
}
