//! JSON as awsJson has it: members by name, timestamps as seconds, bytes as base64.
//!
//! Strict where the grammar of RFC 8259 is: nothing behind the value, no lone surrogates, no leading zeros.
//! Of two members with one name the later one wins, as with AWS. Unknown members are skipped.

mod escape;
mod lexer;
mod reader;
mod writer;

pub use writer::JsonWriter;
pub(crate) use writer::non_finite;

use crate::schema::{Document, Reader, Writer};
use crate::{ReadError, Structure};
use lexer::Lexer;
use reader::JsonReader;

/// Reads a whole body into a structure. An empty body is an empty structure.
///
/// # Errors
/// The body is not one JSON object, or a value is not of its member's type.
pub fn read(body: &[u8], into: &mut dyn Structure) -> Result<(), ReadError> {
    if body.is_empty() {
        return Ok(());
    }
    let mut reader = JsonReader::new(Lexer::new(body)?);
    reader.structure(into)?;
    reader.finish()
}

/// Reads a whole body, such as an answer that a client got.
///
/// # Errors
/// As [`read`].
pub fn parse<T: Structure + Default>(body: &[u8]) -> Result<T, ReadError> {
    let mut value = T::default();
    read(body, &mut value)?;
    Ok(value)
}

/// Reads the one JSON value at the start of a text.
pub(crate) fn read_document(text: &str) -> Result<Document, ReadError> {
    let mut reader = JsonReader::new(Lexer::new(text.as_bytes())?);
    let document = reader.document()?;
    reader.finish()?;
    Ok(document)
}

/// Writes a structure as one JSON object.
pub fn to_string(structure: &dyn Structure) -> String {
    let mut writer = JsonWriter::default();
    writer.structure(structure);
    writer.into_text()
}
