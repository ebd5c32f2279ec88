//! The store on a local disk: one folder, one process.
//!
//! Takes in: batches, each written as one record by one atomic, synced write of the engine underneath (an LSM tree with a
//! write-ahead log). Gives out: rows at start, and history on any thread. Does not know what it stores.
//!
//! Four keyspaces: current rows, batches by sequence number (the journal), an index from resource to sequence numbers, and a
//! few facts about the store itself. Rows and index follow the journal later, see [`pending`]. The engine refuses all further writes after any failed one, on its own threads as
//! well; [`EmbeddedStore`] then closes and opens it again inside the process, as soon as there is space.

mod engine;
mod error;
mod folder;
mod head;
mod keys;
mod pending;
mod pressure;
mod reader;
mod record;
mod shared;
mod space;
mod torn;
mod trim;

use std::path::Path;
use std::sync::Arc;

use engine::Engine;
use error::CommitError;
use folder::Folder;
use head::Head;
use pending::{PENDING_BATCHES_MAX, Pending};
use shared::Shared;
pub use space::WRITE_FLOOR_BYTES;

use crate::{AppendError, Batch, Fence, HistoryReader, Loaded, Retention, Store, StoreError, Trimmed};

/// A store in a folder that no other process uses.
#[derive(Debug)]
pub struct EmbeddedStore {
    folder: Folder,
    write_floor_bytes: u64,
    pending_batches_max: u64,
    shared: Arc<Shared>,
    head: Head,
    pending: Pending,
    loaded: bool,
    /// A write ended without a known outcome: what the engine has in memory may differ from what is on disk.
    suspect: bool,
}

impl EmbeddedStore {
    /// Takes the folder for this process and opens the store in it, both made if they are missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has the folder; [`StoreError::Format`] if a newer version wrote it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = Folder::take(path)?;
        let engine = Engine::open(&folder)?;
        let (head, pending) = (Head::read(&engine)?, Pending::read(&engine)?);
        Ok(Self {
            folder,
            write_floor_bytes: WRITE_FLOOR_BYTES,
            pending_batches_max: PENDING_BATCHES_MAX,
            shared: Shared::new(engine),
            head,
            pending,
            loaded: false,
            suspect: false,
        })
    }

    /// Sets after how many batches [`Store::settle`] brings rows and index up to the journal.
    pub fn with_pending_batches_max(mut self, batches: u64) -> Self {
        self.pending_batches_max = batches;
        self
    }

    /// Sets the free space below which no batch is taken, instead of [`WRITE_FLOOR_BYTES`]. Acquiring and trimming go
    /// on down to half of it, because that is how space comes back.
    pub fn with_write_floor(mut self, bytes: u64) -> Self {
        self.write_floor_bytes = bytes;
        self
    }

    /// Opens the engine again if it has stopped taking writes or if it cannot be trusted.
    ///
    /// Readers keep the old engine until there is space to open it: an engine that is closed on a full disk may not
    /// open again, and history must stay readable.
    fn heal(&mut self) -> Result<(), StoreError> {
        if !self.suspect && self.shared.is_taking_writes() {
            return Ok(());
        }
        if self.shared.is_open() {
            space::check(self.folder.path(), self.write_floor_bytes)?;
        }
        let (folder, last_seq) = (&self.folder, self.head.last_seq);
        (self.head, self.pending) = self.shared.replace(|| {
            folder.forget_cached_writes();
            let engine = Engine::open(folder)?;
            Ok(((Head::read(&engine)?, Pending::read(&engine)?), engine))
        })?;
        self.suspect = false;
        self.loaded &= self.head.last_seq == last_seq;
        Ok(())
    }

    fn check_append(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError> {
        if !self.loaded {
            return Err(AppendError::NotLoaded);
        }
        batch.check_size()?;
        if !fence.holds(self.head.fence) {
            return Err(AppendError::Fenced { given: fence, current: self.head.fence });
        }
        let expected = self.head.last_seq + 1;
        if batch.seq != expected {
            return Err(AppendError::OutOfOrder { expected, got: batch.seq });
        }
        space::check(self.folder.path(), self.write_floor_bytes).map_err(before_write)?;
        self.heal().map_err(before_write)?;
        if self.loaded { Ok(()) } else { Err(AppendError::NotLoaded) }
    }

    /// Brings rows and index up to the journal.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let head = self.head;
        let done = self.commit(head, |engine, write| pending.fill(engine, write, head.last_seq));
        if done.is_err() {
            self.pending = pending;
        }
        done.map_err(|error| error.into_store_error("bring up to date"))
    }

    /// Commits a write that leaves this head behind. After an unknown outcome the store wants to be loaded again.
    fn commit(
        &mut self,
        head: Head,
        fill: impl FnOnce(&Engine, &mut fjall::OwnedWriteBatch),
    ) -> Result<(), CommitError> {
        let committed = self.shared.commit(fill);
        match &committed {
            Ok(()) => self.head = head,
            Err(CommitError::NotWritten(_)) => {}
            Err(CommitError::Unknown(_)) => {
                self.suspect = true;
                self.loaded = false;
            }
        }
        committed
    }
}

/// Readers may live longer than the store, but the folder must be let go of now, and the engine in it before.
impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Store for EmbeddedStore {
    fn load(&mut self) -> Result<Loaded<'_>, StoreError> {
        if self.suspect || !self.shared.is_open() {
            self.heal()?;
        }
        self.loaded = true;
        let rows = self.shared.with(|engine| Ok(engine.rows.iter()))?;
        let rows = rows.map(|guard| {
            let (key, value) = guard.into_inner().map_err(|error| error::store_error("read", error))?;
            Ok((key.to_vec(), value.to_vec()))
        });
        Ok(Loaded { last_seq: self.head.last_seq, rows: Box::new(self.pending.over(rows)) })
    }

    fn acquire(&mut self, holder: &str) -> Result<Fence, StoreError> {
        space::check(self.folder.path(), self.write_floor_bytes / 2)?;
        self.heal()?;
        let fence = Fence(self.head.fence.0 + 1);
        let value = head::encode_fence(fence, holder);
        self.commit(Head { fence, ..self.head }, |engine, write| {
            write.insert(&engine.meta, head::FENCE_KEY, value);
        })
        .map_err(|error| error.into_store_error("acquire"))?;
        Ok(fence)
    }

    fn append(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError> {
        self.check_append(batch, fence)?;
        let written_bytes = self.head.written_bytes + batch.size_bytes() as u64;
        let record = record::encode(batch, &batch.touched_once(), written_bytes);
        let head = Head { last_seq: batch.seq, written_bytes, ..self.head }.with_first(batch.seq);
        self.commit(head, |engine, write| write.insert(&engine.journal, keys::seq(batch.seq), record))
            .map_err(CommitError::into_append_error)?;
        self.pending.add(batch);
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        if !self.pending.is_due(self.pending_batches_max) || !self.loaded {
            return Ok(());
        }
        space::check(self.folder.path(), self.write_floor_bytes / 2)?;
        self.catch_up()
    }

    fn trim(&mut self, retention: Retention, fence: Fence) -> Result<Trimmed, StoreError> {
        if !self.loaded {
            return Err(StoreError::NotLoaded);
        }
        if !fence.holds(self.head.fence) {
            return Err(StoreError::Fenced { given: fence, current: self.head.fence });
        }
        space::check(self.folder.path(), self.write_floor_bytes / 2)?;
        self.heal()?;
        // What is trimmed must not be needed any more to read rows again.
        self.catch_up()?;
        let plan = self.shared.with(|engine| trim::plan(engine, &self.head, retention))?;
        let trimmed = Trimmed { entries: plan.entries.len(), more: plan.more };
        if trimmed.entries > 0 {
            self.commit(plan.head, |engine, write| plan.fill(engine, write))
                .map_err(|error| error.into_store_error("trim"))?;
        }
        Ok(trimmed)
    }

    fn reader(&self) -> Arc<dyn HistoryReader> {
        Arc::clone(&self.shared) as Arc<dyn HistoryReader>
    }
}

/// What stopped an append before anything was written.
fn before_write(error: StoreError) -> AppendError {
    if matches!(error, StoreError::NoSpace) {
        AppendError::NoSpace
    } else {
        AppendError::Failed(error.into())
    }
}
