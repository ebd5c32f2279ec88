//! The border: what every store does.

use std::sync::Arc;

use crate::{AppendError, Batch, HistoryReader, StoreError, Table};

/// Most entries that one [`Store::trim`] removes, so that a commit behind it waits for milliseconds, not seconds.
pub const TRIM_ENTRIES_MAX: usize = 1_000;

/// Most bytes of batches that one [`Store::trim`] removes, for the same reason.
pub const TRIM_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Keeps the rows and the history of one leader. Calls block until the disk has answered: a shell calls it from a
/// thread of its own.
pub trait Store: Send {
    /// Reads all current rows. A store that was closed by an error is opened again first, which is how the outcome of
    /// an append that ended with [`Retry::AfterLoad`](crate::Retry::AfterLoad) becomes known.
    fn load(&mut self) -> Result<Loaded<'_>, StoreError>;

    /// Makes the caller the only one whose appends are taken: every older fence is refused from now on. Durable when
    /// it returns. A new leader acquires first and loads then, so that nothing can slip in between.
    fn acquire(&mut self, holder: &str) -> Result<Fence, StoreError>;

    /// Stores a batch: whole, durable, and visible to readers when it returns `Ok`. The error says whether the batch
    /// may be given again.
    fn append(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError>;

    /// Does what an append has put off so that its caller is answered sooner; to be called when nobody waits. Nothing that
    /// is durable depends on it.
    fn settle(&mut self) -> Result<(), StoreError>;

    /// Removes the oldest journal entries that the retention does not ask for, at most [`TRIM_ENTRIES_MAX`] per call.
    /// Rows are not touched. The newest entry always stays.
    fn trim(&mut self, retention: Retention, fence: Fence) -> Result<Trimmed, StoreError>;

    /// A handle that reads the history from any thread while appends go on.
    fn reader(&self) -> Arc<dyn HistoryReader>;
}

/// What a store holds at the moment of loading.
pub struct Loaded<'a> {
    /// The sequence number of the last batch; 0 before the first.
    pub last_seq: u64,
    /// All rows as that batch left them.
    pub rows: Rows<'a>,
}

/// Rows in the order of their tables and keys. After an error there is no further row.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<Row, StoreError>> + 'a>;

/// One current row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The row's table.
    pub table: Table,
    /// The row's key.
    pub key: Vec<u8>,
    /// The row's value.
    pub value: Vec<u8>,
}

/// A leader's right to write. Later leaders have larger fences; 0 is nobody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

impl Fence {
    /// True if the holder of this fence may write while the store's is `current`.
    pub(crate) fn holds(self, current: Self) -> bool {
        self == current && self != Self::default()
    }
}

/// What the history keeps. An entry goes if either bound says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Entries with a smaller sequence number go.
    pub before_seq: u64,
    /// The oldest entries go while all entries together are larger than this.
    pub bytes_max: u64,
}

/// What one trim did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trimmed {
    /// Entries removed.
    pub entries: usize,
    /// There is more to remove: trim again.
    pub more: bool,
}
