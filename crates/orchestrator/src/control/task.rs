//! Stopped tasks answer for an hour, then they leave the state; history keeps them.

use super::until;
use crate::txn::Txn;
use gantry_model::TaskId;
use gantry_model::quota::STOPPED_TASK_RETENTION_MS;
use gantry_model::record::RecordKey;

pub(super) fn reconcile(txn: &mut Txn, id: TaskId) -> Option<u64> {
    let task = txn.state.task(id)?;
    let stopped_at = task.observed.stopped_at?;
    if task.holds_resources() {
        return None; // Its node still holds something of it: the node's report brings us back here.
    }
    let wake = until(txn, stopped_at.plus_ms(STOPPED_TASK_RETENTION_MS));
    if wake.is_none() {
        txn.delete(RecordKey::Task(id));
    }
    wake
}
