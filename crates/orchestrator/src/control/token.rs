//! Client tokens are forgotten once no client can still be retrying.

use super::until;
use crate::txn::Txn;
use gantry_model::record::{IdempotencyKey, RecordKey};

pub(super) fn reconcile(txn: &mut Txn, key: &IdempotencyKey) -> Option<u64> {
    let wake = until(txn, txn.state.token(key)?.expires_at);
    if wake.is_none() {
        txn.delete(RecordKey::IdempotencyToken(key.clone()));
    }
    wake
}
