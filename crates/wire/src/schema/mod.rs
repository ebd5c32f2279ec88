//! How a shape describes itself.
//!
//! A shape is a struct whose members are all `Option`: an absent member and an empty one are different
//! things on the wire. It has a constant [`Schema`] and can be walked in both directions: it shows its
//! members to a [`Writer`] and fills them from a [`Reader`]. Codecs, the redacting log and the check for
//! required members are all written once, against these two traits.
//!
//! Takes in: the `shape!`, `string_enum!`, `operations!`, `errors!` and `services!` lines of generated files.
//! Gives out: structs and enums with the traits of this module.
//! Does not know: any protocol.

mod limits;
mod macros;
mod member;
mod read_error;
mod scalar;
mod structure;
mod value;
mod visitor;

pub(crate) use limits::Limits;
pub use limits::{MAX_DEPTH, MAX_MEMORY_BYTES};
pub use member::{Member, Schema};
pub use read_error::{Problem, ReadError};
pub use scalar::{Blob, Document, Map, Timestamp};
pub use structure::{Input, Structure, Unit};
pub use value::{Value, read_optional, write_optional};
pub use visitor::{ReadEntry, ReadItem, Reader, Writer};
