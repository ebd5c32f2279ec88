//! Durable state and history of the control plane, as bytes.
//!
//! Takes in: one [`Batch`] per committed step (the rows that changed, the journal entry that says why, and the
//! resources that it touched). Gives out: all current rows at start ([`Store::load`]) and the history, whole or by
//! resource ([`HistoryReader`]). A batch is durable when [`Store::append`] returns, and it is never there by half.
//!
//! Does not know: what a row or a journal entry means, who leads, or what time it is. Tables are numbers, keys and
//! values are bytes, retention is given in sequence numbers and bytes.
//!
//! Two implementations pass one conformance suite (`tests/`): [`memory`] (deterministic, with programmable faults; no
//! clock, no threads, no I/O) and `embedded` (feature `embedded`: one folder on a local disk, one process at a time).
//! A store that is shared by several machines adds one more operation, to follow another leader's batches; it is not
//! part of [`Store`] before there is such a store.

mod batch;
#[cfg(feature = "embedded")]
pub mod embedded;
mod error;
mod history;
pub mod memory;
mod store;

pub use batch::{BATCH_BYTES_MAX, Batch, KEY_BYTES_MAX, RowWrite, TOUCHED_MAX, Table};
#[cfg(feature = "embedded")]
pub use embedded::EmbeddedStore;
pub use error::{AppendError, BoxError, Retry, StoreError};
pub use history::{
    HistoryPage, HistoryQuery, HistoryReader, HistorySpan, JournalEntry, Order, PAGE_BYTES_MAX,
    PAGE_ENTRIES_MAX,
};
pub use memory::MemoryStore;
pub use store::{Fence, Loaded, Retention, Row, Rows, Store, TRIM_BYTES_MAX, TRIM_ENTRIES_MAX, Trimmed};
