//! A disk in memory: what is durable, and the bytes that are written but not yet synced.

use std::sync::{Arc, Mutex, MutexGuard};

use super::{frame, image::Image};
use crate::{
    AppendError, Batch, Fence, HistoryPage, HistoryQuery, HistoryReader, HistorySpan, Retention, StoreError,
    Trimmed,
};

/// A disk that outlives the stores opened on it. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<DiskState>>);

#[derive(Debug, Default)]
pub(super) struct DiskState {
    image: Image,
    fence: Fence,
    /// Frames written since the last sync.
    tail: Vec<u8>,
    /// The last batch in `tail`, or in the image when the tail is empty.
    written_seq: u64,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// The machine loses power: of the bytes that were written and not synced, only the first `kept_bytes` are still
    /// there. Batches that are not whole are gone. So is the process: drop the store and open another one. (When only
    /// the process dies, what was written stays: drop the store and leave the disk alone.)
    pub fn crash(&self, kept_bytes: usize) {
        let mut disk = self.lock();
        disk.tail.truncate(kept_bytes);
        disk.settle();
    }

    /// Bytes that are written and not synced, which is what a crash may tear.
    pub fn unsynced_bytes(&self) -> usize {
        self.lock().tail_bytes()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, DiskState> {
        self.0.lock().expect("nothing panics while it holds the disk")
    }
}

impl DiskState {
    pub(super) fn image(&self) -> &Image {
        &self.image
    }

    pub(super) fn tail_bytes(&self) -> usize {
        self.tail.len()
    }

    pub(super) fn acquire(&mut self) -> Fence {
        self.fence = Fence(self.fence.0 + 1);
        self.fence
    }

    pub(super) fn check_next(&self, seq: u64, fence: Fence) -> Result<(), AppendError> {
        if !fence.holds(self.fence) {
            return Err(AppendError::Fenced { given: fence, current: self.fence });
        }
        let expected = self.written_seq + 1;
        if seq == expected { Ok(()) } else { Err(AppendError::OutOfOrder { expected, got: seq }) }
    }

    pub(super) fn write(&mut self, batch: &Batch) {
        frame::write(batch, &mut self.tail);
        self.written_seq = batch.seq;
    }

    /// Takes the whole frames at the start of the tail for durable and forgets the rest.
    pub(super) fn settle(&mut self) {
        let tail = std::mem::take(&mut self.tail);
        let mut rest = tail.as_slice();
        while let Some(batch) = frame::read(&mut rest) {
            self.image.apply(&batch);
        }
        self.written_seq = self.image.last_seq();
    }

    pub(super) fn trim(&mut self, retention: Retention, fence: Fence) -> Result<Trimmed, StoreError> {
        if !fence.holds(self.fence) {
            return Err(StoreError::Fenced { given: fence, current: self.fence });
        }
        Ok(self.image.trim(retention))
    }
}

impl HistoryReader for MemoryDisk {
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.lock().image.history(query)
    }

    fn span(&self) -> Result<HistorySpan, StoreError> {
        Ok(self.lock().image.span())
    }
}
