//! Where the journal begins and ends, and who may write: the few facts that the store keeps in memory.
//!
//! Stored under four keys: the format (`u32`), the fence (`epoch u64 | holder`), the last batch whose rows are in the tables
//! (`u64`), and what trimming has left (`first_seq u64 | trimmed_bytes u64`), all little-endian. The end of the journal is its last entry.

use fjall::{PersistMode, Readable, Snapshot};

use super::engine::Engine;
use super::error::store_error;
use super::keys;
use super::record::BatchRecord;
use crate::{Fence, HistorySpan, StoreError};

/// The form of keys and of the store's own facts. Journal entries carry a version of their own.
const FORMAT: u32 = 2;

const FORMAT_KEY: &str = "format";
pub(super) const FENCE_KEY: &str = "fence";
pub(super) const TRIMMED_KEY: &str = "trimmed";
pub(super) const APPLIED_KEY: &str = "applied";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The oldest entry; 0 when there is none.
    pub(super) first_seq: u64,
    /// The newest entry; 0 when there is none.
    pub(super) last_seq: u64,
    /// Bytes of all batches ever written.
    pub(super) written_bytes: u64,
    /// Bytes of all batches ever trimmed.
    pub(super) trimmed_bytes: u64,
    /// The only fence that is taken.
    pub(super) fence: Fence,
}

impl Head {
    /// Reads the head as one moment saw it.
    pub(super) fn read(engine: &Engine) -> Result<Self, StoreError> {
        let snapshot = engine.db.snapshot();
        let meta = |key| snapshot.get(&engine.meta, key).map_err(|error| store_error("read", error));
        let mut head = Self::default();
        if let Some(fence) = meta(FENCE_KEY)? {
            head.fence = Fence(number(&fence, 0)?);
        }
        if let Some(trimmed) = meta(TRIMMED_KEY)? {
            head.first_seq = number(&trimmed, 0)?;
            head.trimmed_bytes = number(&trimmed, 8)?;
        }
        if let Some(last) = snapshot.last_key_value(&engine.journal) {
            let (key, value) = last.into_inner().map_err(|error| store_error("read", error))?;
            head.last_seq = keys::parse_seq(&key)?;
            head.written_bytes = BatchRecord::decode(&value)?.written_bytes;
            head = head.with_first(1);
        }
        Ok(head)
    }

    /// Sets the first entry if there was none yet.
    pub(super) fn with_first(self, seq: u64) -> Self {
        Self { first_seq: if self.first_seq == 0 { seq } else { self.first_seq }, ..self }
    }

    pub(super) fn span(&self) -> HistorySpan {
        HistorySpan {
            first_seq: self.first_seq,
            last_seq: self.last_seq,
            size_bytes: self.written_bytes - self.trimmed_bytes,
        }
    }

    /// What is stored about trimming.
    pub(super) fn encode_trimmed(&self) -> Vec<u8> {
        [self.first_seq.to_le_bytes(), self.trimmed_bytes.to_le_bytes()].concat()
    }
}

/// The last batch whose rows and index entries are in the tables; 0 when none is.
pub(super) fn applied(engine: &Engine, snapshot: &Snapshot) -> Result<u64, StoreError> {
    let stored = snapshot.get(&engine.meta, APPLIED_KEY).map_err(|error| store_error("read", error))?;
    stored.map_or(Ok(0), |bytes| number(&bytes, 0))
}

/// Marks a new store with the format that this version writes.
pub(super) fn mark_format(engine: &Engine) -> fjall::Result<()> {
    let mut write = engine.db.batch().durability(Some(PersistMode::SyncData));
    write.insert(&engine.meta, FORMAT_KEY, FORMAT.to_le_bytes());
    write.commit()
}

/// Refuses a store that a newer version has written.
pub(super) fn check_format(engine: &Engine) -> Result<(), StoreError> {
    let stored = engine.meta.get(FORMAT_KEY).map_err(|error| store_error("read", error))?;
    match stored.as_deref().map(<[u8; 4]>::try_from) {
        Some(Ok(stored)) if stored == FORMAT.to_le_bytes() => Ok(()),
        Some(Ok(stored)) => Err(StoreError::Format { found: u32::from_le_bytes(stored), known: FORMAT }),
        Some(Err(_)) | None => Err(StoreError::Damaged { what: "its format is not a number", source: None }),
    }
}

/// The stored form of a fence. The holder is for people who look into the store.
pub(super) fn encode_fence(fence: Fence, holder: &str) -> Vec<u8> {
    [fence.0.to_le_bytes().as_slice(), holder.as_bytes()].concat()
}

fn number(bytes: &[u8], at: usize) -> Result<u64, StoreError> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk());
    let bytes =
        bytes.ok_or(StoreError::Damaged { what: "a fact about the store is too short", source: None })?;
    Ok(u64::from_le_bytes(*bytes))
}
