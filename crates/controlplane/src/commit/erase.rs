//! Erasing everything that clients made, for test suites: one last entry that deletes it, then the history before goes.
//!
//! The installation, its VPCs and its nodes stay, so that ids which a shell has exported, and sessions, stay good.

use super::batch::batch;
use super::recover::{RecoverError, recover};
use gantry_model::cause::{Actor, Cause};
use gantry_model::change::{Change, JournalEntry, Step};
use gantry_model::record::{Record, Table};
use gantry_model::{RequestId, TaskId, Timestamp};
use gantry_store::{AppendError, Fence, Retention, Store, StoreError};

/// What to erase with.
#[derive(Debug)]
pub(crate) struct Erase {
    /// Who asked.
    pub(crate) principal: String,
    /// The request.
    pub(crate) request: RequestId,
    /// The leader's right to write.
    pub(super) fence: Option<Fence>,
    /// The time stamp of the entry.
    pub(super) at: Timestamp,
}

/// Why not everything is erased.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    /// A node still holds a task.
    #[error("task {0} still runs")]
    TaskLeft(TaskId),
    /// The control plane does not lead.
    #[error("the control plane cannot write at present")]
    NotLeading,
    /// The store cannot be read.
    #[error("cannot read what is to be erased")]
    Recover(#[from] RecoverError),
    /// The store cannot be written.
    #[error("cannot write that everything is erased")]
    Append(#[from] AppendError),
    /// The history cannot be trimmed.
    #[error("cannot erase the history")]
    Trim(#[from] StoreError),
}

impl Erase {
    pub(super) fn new(principal: String, request: RequestId) -> Self {
        Self { principal, request, fence: None, at: Timestamp(0) }
    }

    pub(super) fn run(self, store: &mut dyn Store) -> Result<(), EraseError> {
        let fence = self.fence.ok_or(EraseError::NotLeading)?;
        let stored = recover(store, Some(fence))?;
        if let Some(task) = stored.records.iter().find_map(held) {
            return Err(EraseError::TaskLeft(task));
        }
        let changes = stored.records.iter().filter(|record| is_made_by_clients(record));
        let changes = changes.map(|record| Change::Delete(record.key())).collect();
        let at = self.at.max(stored.last_at);
        let entry =
            JournalEntry { seq: stored.last_seq + 1, at, epoch: fence.0, steps: vec![self.step(changes)] };
        store.append(&batch(&entry), fence)?;
        let all = Retention { before_seq: entry.seq, bytes_max: u64::MAX };
        while store.trim(all, fence)?.more {}
        Ok(())
    }

    fn step(self, changes: Vec<Change>) -> Step {
        let (actor, action) = (Actor::Principal(self.principal), "gantry:Reset".to_owned());
        let cause = Cause { actor, action, request: Some(self.request), notes: Vec::new() };
        Step { cause, entropy: String::new(), changes }
    }
}

/// The task of a record, if a node still holds something of it.
fn held(record: &Record) -> Option<TaskId> {
    if let Record::Task(task) = record
        && task.holds_resources()
    {
        return Some(task.id);
    }
    None
}

fn is_made_by_clients(record: &Record) -> bool {
    match record.key().table() {
        Table::Cluster | Table::Family | Table::TaskDefinition | Table::Task | Table::IdempotencyToken => {
            true
        }
        Table::Installation | Table::Node | Table::Vpc | Table::Subnet | Table::SecurityGroup => false,
    }
}
