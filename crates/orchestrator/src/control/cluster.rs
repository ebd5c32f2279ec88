//! Inactive clusters stay visible for a day, then they leave the state. AWS names no figure ("may remain discoverable").

use super::until;
use crate::txn::Txn;
use gantry_model::record::{ClusterKey, RecordKey};

/// How long DescribeClusters still answers for an INACTIVE cluster.
const INACTIVE_CLUSTER_RETENTION_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) fn reconcile(txn: &mut Txn, key: &ClusterKey) -> Option<u64> {
    let deleted_at = txn.state.cluster(key)?.deleted_at?;
    let wake = until(txn, deleted_at.plus_ms(INACTIVE_CLUSTER_RETENTION_MS));
    if wake.is_some() {
        return wake;
    }
    if txn.state.has_tasks(key) {
        return Some(txn.now.mono_ms + INACTIVE_CLUSTER_RETENTION_MS);
    }
    txn.delete(RecordKey::Cluster(key.clone()));
    None
}
