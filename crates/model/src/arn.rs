//! ARNs of ECS: written from a scope and a resource, read back into parts.
//! Forms: "Amazon ECS ARN formats", long form only (`arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID`).

use crate::scope::{AccountId, AccountRegion, Region};
use crate::{ClusterName, ContainerId, Family, TaskId};
use std::fmt;

/// An ARN in six parts; `resource` is everything after the fifth colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The service's name, such as `ecs`.
    pub service: &'a str,
    /// The region's name; empty for global services.
    pub region: &'a str,
    /// The account's digits.
    pub account: &'a str,
    /// What the service calls the resource, such as `task/CLUSTER/ID`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits a text; `None` when it has no six parts or does not start with `arn:`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let ("arn", _partition) = (parts.next()?, parts.next()?) else { return None };
        let (service, region, account) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { service, region, account, resource: parts.next()? })
    }

    /// Account and region, where both are well formed.
    pub fn scope(&self) -> Option<AccountRegion> {
        let account: AccountId = self.account.parse().ok()?;
        let region: Region = self.region.parse().ok()?;
        Some(AccountRegion { account, region })
    }

    /// The resource behind `kind/`, such as `CLUSTER/ID` behind `task/`.
    pub fn resource_of(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)?.strip_prefix('/')
    }
}

/// The ARN of a cluster.
pub fn cluster(scope: &AccountRegion, name: &ClusterName) -> String {
    ecs(scope, format_args!("cluster/{name}"))
}

/// The ARN of a task definition's revision.
pub fn task_definition(scope: &AccountRegion, family: &Family, revision: u32) -> String {
    ecs(scope, format_args!("task-definition/{family}:{revision}"))
}

/// The ARN of a task.
pub fn task(scope: &AccountRegion, cluster: &ClusterName, id: TaskId) -> String {
    ecs(scope, format_args!("task/{cluster}/{id}"))
}

/// The ARN of a container of a task.
pub fn container(scope: &AccountRegion, cluster: &ClusterName, task: TaskId, id: ContainerId) -> String {
    ecs(scope, format_args!("container/{cluster}/{task}/{id}"))
}

/// The ARN of an account's root user.
pub fn root_user(account: AccountId) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn ecs(scope: &AccountRegion, resource: fmt::Arguments<'_>) -> String {
    format!("arn:aws:ecs:{}:{}:{resource}", scope.region, scope.account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_back() {
        let scope = AccountRegion::default();
        let text = task(&scope, &ClusterName::default(), TaskId([1; 16]));
        let arn = Arn::parse(&text).expect("six parts");
        assert_eq!(arn.scope(), Some(scope));
        assert_eq!(arn.resource_of("task"), Some("default/01010101010101010101010101010101"));
        assert_eq!(arn.resource_of("cluster"), None);
        assert_eq!(Arn::parse("arn:aws:ecs:us-east-1"), None);
    }
}
