//! GetCallerIdentity.

use crate::Context;
use gantry_shapes::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};

/// Says whose key signed the request.
pub(super) fn get(cx: &Context<'_>, _: GetCallerIdentityRequest) -> GetCallerIdentityResponse {
    GetCallerIdentityResponse {
        user_id: Some(cx.caller.user_id.clone()),
        account: Some(cx.scope().account.to_string()),
        arn: Some(cx.caller.principal.clone()),
    }
}
