//! Forms as awsQuery has them: `Tags.member.1.Key=a&Tags.member.1.Value=b`.
//!
//! Of two fields with one name the later one wins. An empty list is a field with an empty value. Answers
//! are XML: see [`super::xml`].

mod form;
mod reader;

use crate::{HttpRequest, ReadError, Structure};
use form::Form;
use reader::QueryReader;

/// Where the form of a request is: in the body of a POST, else in the query string.
pub fn form_of<'a>(request: &HttpRequest<'a>) -> &'a [u8] {
    if request.method == "GET" || request.body.is_empty() { request.query.as_bytes() } else { request.body }
}

/// Reads a whole form into a structure.
///
/// # Errors
/// The form has too many fields, or one of them is not of its member's type.
pub fn read(form: &[u8], into: &mut dyn Structure) -> Result<(), ReadError> {
    let form = Form::parse(form)?;
    QueryReader::new(form.root()).read(into)
}
