//! Choosing the journal entries that go, and their index with them.

use fjall::OwnedWriteBatch;

use super::engine::Engine;
use super::error::store_error;
use super::head::{Head, TRIMMED_KEY};
use super::keys;
use super::record::BatchRecord;
use crate::{Retention, StoreError, TRIM_BYTES_MAX, TRIM_ENTRIES_MAX};

/// What one trim removes.
#[derive(Debug)]
pub(super) struct TrimPlan {
    /// The head afterwards.
    pub(super) head: Head,
    /// Entries to remove.
    pub(super) entries: Vec<TrimmedEntry>,
    /// The bounds of one trim ended the plan, not the retention.
    pub(super) more: bool,
}

#[derive(Debug)]
pub(super) struct TrimmedEntry {
    seq: u64,
    index_keys: Vec<Vec<u8>>,
}

/// Walks from the oldest entry to the first that stays.
pub(super) fn plan(engine: &Engine, head: &Head, retention: Retention) -> Result<TrimPlan, StoreError> {
    let mut plan = TrimPlan { head: *head, entries: Vec::new(), more: false };
    if !wants_trim(head, retention) {
        return Ok(plan);
    }
    for guard in engine.journal.range(keys::seq(head.first_seq)..) {
        if !wants_trim(&plan.head, retention) {
            break;
        }
        let removed_bytes = plan.head.trimmed_bytes - head.trimmed_bytes;
        if plan.entries.len() >= TRIM_ENTRIES_MAX || removed_bytes >= TRIM_BYTES_MAX {
            plan.more = true;
            break;
        }
        let (key, value) = guard.into_inner().map_err(|error| store_error("read", error))?;
        plan.add(keys::parse_seq(&key)?, &BatchRecord::decode(&value)?);
    }
    Ok(plan)
}

/// True if the oldest entry goes. The newest stays in any case: the next one is counted from it.
fn wants_trim(head: &Head, retention: Retention) -> bool {
    let unwanted = head.first_seq < retention.before_seq || head.span().size_bytes > retention.bytes_max;
    unwanted && head.first_seq < head.last_seq
}

impl TrimPlan {
    fn add(&mut self, seq: u64, record: &BatchRecord<'_>) {
        self.head.first_seq = seq + 1;
        self.head.trimmed_bytes += record.size_bytes();
        let index_keys = record.touched.iter().map(|resource| keys::by_resource(resource, seq)).collect();
        self.entries.push(TrimmedEntry { seq, index_keys });
    }

    /// Puts the plan into a write.
    pub(super) fn fill(self, engine: &Engine, write: &mut OwnedWriteBatch) {
        for entry in self.entries {
            write.remove(&engine.journal, keys::seq(entry.seq));
            for key in entry.index_keys {
                write.remove(&engine.by_resource, key);
            }
        }
        write.insert(&engine.meta, TRIMMED_KEY, self.head.encode_trimmed());
    }
}
