//! Client tokens: what a request with a token made, so that a repetition answers the same and makes nothing.

use crate::{AccountRegion, TaskId, Timestamp};
use serde::{Deserialize, Serialize};

/// Which request.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdempotencyKey {
    /// Whose token.
    pub scope: AccountRegion,
    /// Of which operation, such as `RunTask`, with the cluster where AWS scopes tokens by cluster.
    pub operation: String,
    /// The client's text.
    pub token: String,
}

record! {
    /// A token and what its first request made; written in the same commit as what it made.
    pub struct IdempotencyToken {
        /// Which request.
        pub key: IdempotencyKey,
        /// SHA-256 of the request, in hexadecimal digits: another input under the same token is a conflict.
        pub request_sha256: String,
        /// The tasks that it made.
        pub tasks: Vec<TaskId>,
        /// When the token may be forgotten.
        pub expires_at: Timestamp,
    }
}
