//! Writers that produce no protocol.
//!
//! Takes in: structures. Gives out: text for logs, and the first member that a request lacks.
//! Does not know: any shape by name.

mod redact;
mod required;

pub use redact::redacted;
pub use required::{Missing, first_missing};
