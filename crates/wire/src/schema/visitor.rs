//! The two directions in which a value is walked.

use super::{Blob, Document, Member, ReadError, Structure, Timestamp};
use std::borrow::Cow;

/// Receives a value piece by piece.
///
/// A structure is one call, which shows its members by [`Structure::write_members`]: for each, `member`
/// and then exactly one value. A list is `begin_list`, then `item` and one value per element, then
/// `end_list`; a map is `begin_map`, then `key` and one value per entry, then `end_map`.
pub trait Writer {
    /// The value that follows belongs to this member.
    fn member(&mut self, member: &'static Member);
    /// One structure.
    fn structure(&mut self, structure: &dyn Structure);
    /// A list starts; `member` is the structure member that it belongs to, however deep.
    fn begin_list(&mut self, member: &'static Member);
    /// The value that follows is a list element.
    fn item(&mut self);
    /// The list that was begun last is complete.
    fn end_list(&mut self);
    /// A map starts; `member` is the structure member that it belongs to, however deep.
    fn begin_map(&mut self, member: &'static Member);
    /// The value that follows belongs to this key.
    fn key(&mut self, key: &str);
    /// The map that was begun last is complete.
    fn end_map(&mut self);
    /// A truth value.
    fn boolean(&mut self, value: bool);
    /// A whole number.
    fn integer(&mut self, value: i64);
    /// A number that may have a fraction, NaN and the infinities included.
    fn float(&mut self, value: f64);
    /// A text.
    fn string(&mut self, value: &str);
    /// Bytes.
    fn blob(&mut self, value: &[u8]);
    /// A point in time.
    fn timestamp(&mut self, value: Timestamp);
    /// A value without a schema.
    fn document(&mut self, value: &Document);
}

/// Gives a value piece by piece, in the order and with the types that the caller expects.
///
/// Every method consumes one value of the input or fails; a reader never panics, whatever the bytes.
pub trait Reader {
    /// Consumes a null if one is next, and says whether it was.
    fn null(&mut self) -> Result<bool, ReadError>;
    /// Fills the members that the input has; unknown ones are skipped.
    fn structure(&mut self, into: &mut dyn Structure) -> Result<(), ReadError>;
    /// Calls `each` once per element; it must consume the element from the reader that it is given.
    fn list(&mut self, member: &'static Member, each: &mut ReadItem<'_>) -> Result<(), ReadError>;
    /// Calls `each` once per entry with its key; it must consume the value.
    fn map(&mut self, member: &'static Member, each: &mut ReadEntry<'_>) -> Result<(), ReadError>;
    /// Accounts for `bytes` of memory that the caller is about to take for a list element, map entry or box;
    /// fails when the body as a whole asks for more than [`MAX_MEMORY_BYTES`](super::MAX_MEMORY_BYTES).
    fn take_memory(&mut self, bytes: usize) -> Result<(), ReadError>;
    /// A truth value.
    fn boolean(&mut self) -> Result<bool, ReadError>;
    /// A whole number; `wanted` is its type in words, for the error.
    fn integer(&mut self, wanted: &'static str) -> Result<i64, ReadError>;
    /// A number that may have a fraction, NaN and the infinities included.
    fn float(&mut self) -> Result<f64, ReadError>;
    /// A text.
    fn string(&mut self) -> Result<Cow<'_, str>, ReadError>;
    /// Bytes.
    fn blob(&mut self) -> Result<Blob, ReadError>;
    /// A point in time.
    fn timestamp(&mut self) -> Result<Timestamp, ReadError>;
    /// A value without a schema.
    fn document(&mut self) -> Result<Document, ReadError>;
}

/// Consumes one list element.
pub type ReadItem<'f> = dyn FnMut(&mut dyn Reader) -> Result<(), ReadError> + 'f;

/// Consumes the value of one map entry.
pub type ReadEntry<'f> = dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError> + 'f;
