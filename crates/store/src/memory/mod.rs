//! The store in memory: what the simulator and tests run on.
//!
//! Takes in: batches, and a plan of faults. Gives out: the same answers as a store on disk, deterministically. Bytes are
//! first *written* (a crash may lose or tear them) and then *synced*; [`Store::append`] does both, a simulator may put
//! virtual time and a crash between them. Does not know time, threads or files: a "disk" is a handle that outlives the
//! stores opened on it.

mod disk;
mod fault;
mod frame;
mod image;

use std::sync::Arc;

pub use disk::MemoryDisk;
pub use fault::{Fault, FaultPlan};

use crate::{AppendError, Batch, Fence, HistoryReader, Loaded, Retention, Store, StoreError, Trimmed};

/// A store on a [`MemoryDisk`].
#[derive(Debug, Default)]
pub struct MemoryStore {
    disk: MemoryDisk,
    faults: FaultPlan,
    loaded: bool,
    /// The planned fault of a batch that is written and not yet synced.
    unsynced_fault: Option<Torn>,
}

/// A write that will have reached the disk only in part.
#[derive(Debug)]
struct Torn {
    /// Length of the unsynced bytes before the torn batch, plus what survives of it.
    tail_bytes: usize,
}

impl MemoryStore {
    /// Opens a store on a disk, with faults to come. Opening a second store on the same disk stands for a restart or,
    /// after [`Store::acquire`], for another leader.
    pub fn open(disk: &MemoryDisk, faults: FaultPlan) -> Self {
        Self { disk: disk.clone(), faults, ..Self::default() }
    }

    /// The faults to come, for a caller that decides about them as it goes.
    pub fn faults(&mut self) -> &mut FaultPlan {
        &mut self.faults
    }

    /// First half of an append: checks the batch and hands its bytes to the disk. It is not durable, and no reader
    /// sees it, before [`MemoryStore::sync`] returns. Several batches may be written before one sync.
    pub fn write(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError> {
        if !self.loaded {
            return Err(AppendError::NotLoaded);
        }
        batch.check_size()?;
        let mut disk = self.disk.lock();
        disk.check_next(batch.seq, fence)?;
        let kept_bytes = match self.faults.next_append() {
            None => None,
            Some(Fault::NoSpace) => return Err(AppendError::NoSpace),
            Some(Fault::Failed) => return Err(AppendError::Failed("a planned fault".into())),
            Some(Fault::Torn { kept_bytes }) => Some(kept_bytes),
        };
        let start = disk.tail_bytes();
        disk.write(batch);
        if let (Some(kept_bytes), None) = (kept_bytes, &self.unsynced_fault) {
            self.unsynced_fault = Some(Torn { tail_bytes: start.saturating_add(kept_bytes) });
        }
        Ok(())
    }

    /// Second half of an append: makes everything written durable and visible.
    pub fn sync(&mut self) -> Result<(), AppendError> {
        match self.unsynced_fault.take() {
            None => {
                self.disk.lock().settle();
                Ok(())
            }
            Some(torn) => {
                self.loaded = false;
                self.disk.crash(torn.tail_bytes);
                Err(AppendError::Unknown("a planned fault".into()))
            }
        }
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Loaded<'_>, StoreError> {
        if self.faults.next_load_fails() {
            return Err(StoreError::Failed { action: "open", source: "a planned fault".into() });
        }
        let mut disk = self.disk.lock();
        disk.settle();
        self.loaded = true;
        self.unsynced_fault = None;
        let rows = disk.image().rows();
        Ok(Loaded { last_seq: disk.image().last_seq(), rows: Box::new(rows.into_iter().map(Ok)) })
    }

    fn acquire(&mut self, _holder: &str) -> Result<Fence, StoreError> {
        Ok(self.disk.lock().acquire())
    }

    fn append(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError> {
        self.write(batch, fence)?;
        self.sync()
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn trim(&mut self, retention: Retention, fence: Fence) -> Result<Trimmed, StoreError> {
        self.disk.lock().trim(retention, fence)
    }

    fn reader(&self) -> Arc<dyn HistoryReader> {
        Arc::new(self.disk.clone())
    }
}
