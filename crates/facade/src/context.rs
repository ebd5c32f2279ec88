//! What an operation may look at: the state, the time and who asks.

use gantry_model::{AccountRegion, Timestamp};
use gantry_orchestrator::state::State;

/// Who made a call, as the signature proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// ARN of the principal, such as `arn:aws:iam::123456789012:root`.
    pub principal: String,
    /// IAM's unique id of the principal: the account's digits for its root user.
    pub user_id: String,
    /// The key that signed the call.
    pub access_key_id: String,
    /// The account of the key, and the region of the signature's scope.
    pub scope: AccountRegion,
}

/// What one call is planned against. Reads see one durable state from beginning to end.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The last durable state.
    pub state: &'a State,
    /// The leader's clock.
    pub now: Timestamp,
    /// Who asks.
    pub caller: &'a Caller,
}

impl Context<'_> {
    /// Account and region that the call is about.
    pub fn scope(&self) -> &AccountRegion {
        &self.caller.scope
    }
}
