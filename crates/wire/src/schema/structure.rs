//! A structure seen without its type.

use super::{ReadError, Reader, Schema, Writer};
use crate::shape;

/// A generated structure. `Debug` prints it as JSON with sensitive members hidden.
pub trait Structure: std::fmt::Debug + Send + Sync {
    /// The description of its members.
    fn schema(&self) -> &'static Schema;

    /// Shows each member that is present, in the order of the schema.
    fn write_members(&self, writer: &mut dyn Writer);

    /// Reads the member at `index` of the schema; a later value replaces an earlier one.
    fn read_member(&mut self, index: usize, reader: &mut dyn Reader) -> Result<(), ReadError>;
}

/// The input of one operation. It ties the operation's name and output to the type of its input, so that
/// neither a handler nor a client can mix them up.
pub trait Input: Structure + Default {
    /// What the operation answers.
    type Output: Structure + Default + 'static;
    /// The operation's name on the wire.
    const OPERATION: &'static str;
}

shape! { Unit {} }
