//! Readers of the journal: what happened to a resource, who or what caused it, and why a task is as it is.
//!
//! Takes in journal entries, records and a few output lines; gives out the documents of [`crate::api`] and text for people.
//! Pure: it reads no store and no clock, and knows neither HTTP nor nodes.

mod change;
mod exit;
mod history;
#[cfg(test)]
mod tests;
mod text;
mod why;

pub(crate) use change::task_name;
pub(crate) use history::events;
pub use text::{history as history_text, why as why_text};
pub(crate) use why::{TaskFacts, why};

use gantry_model::Timestamp;
use gantry_wire::{schema, text::time};

/// An instant in RFC 3339.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    time::rfc3339(schema::Timestamp::from_epoch_ms(at.0))
}
