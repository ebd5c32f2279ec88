//! Roles of the task.
//! Source: `taskRoleArn`, `executionRoleArn` of RegisterTaskDefinition; "IAM and AWS STS quotas" for what names look like.

use super::refuse_if;
use crate::Fault;
use gantry_model::record::task_definition::TaskDefinitionContent;
use gantry_model::{AccountId, Arn};

/// Most characters of a role's name.
const NAME_CHARS_MAX: usize = 64;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let roles = content.task_role_arn.iter().chain(&content.execution_role_arn);
    refuse_if(!roles.into_iter().all(|role| is_role(role)), "Role is not valid")
}

/// A role's ARN, or its name alone.
fn is_role(text: &str) -> bool {
    let Some(arn) = Arn::parse(text) else { return is_role_name(text) };
    let account = arn.account.parse::<AccountId>().is_ok();
    let name = arn.resource_of("role").and_then(|path| path.rsplit('/').next());
    arn.service == "iam" && account && name.is_some_and(is_role_name)
}

fn is_role_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte);
    (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(allowed)
}
