//! Spellings that several protocols share.
//!
//! Takes in and gives out: text and bytes. Does not know: shapes, protocols.

pub mod base64;
pub mod hex;
pub mod percent;
pub mod time;
