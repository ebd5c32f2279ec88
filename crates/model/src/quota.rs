//! ECS's quotas, with AWS's values as the defaults, per account and region unless said otherwise.
//! Source: "Amazon ECS service quotas" in the AWS General Reference and the shapes' documentation.

/// Active clusters.
pub const CLUSTERS: usize = 10_000;
/// Containers of one task definition.
pub const CONTAINERS_PER_TASK_DEFINITION: usize = 10;
/// Bytes of one registered task definition.
pub const TASK_DEFINITION_BYTES: usize = 64 * 1024;
/// Revisions of one family.
pub const REVISIONS_PER_FAMILY: u32 = 1_000_000;
/// Tasks that one RunTask or StartTask makes.
pub const TASKS_PER_RUN: usize = 10;
/// Subnets of one awsvpcConfiguration.
pub const SUBNETS_PER_CONFIGURATION: usize = 16;
/// Security groups of one awsvpcConfiguration.
pub const SECURITY_GROUPS_PER_CONFIGURATION: usize = 5;
/// Tags of one resource.
pub const TAGS_PER_RESOURCE: usize = 50;
/// Tasks of one cluster in PROVISIONING.
pub const PROVISIONING_TASKS_PER_CLUSTER: usize = 500;
/// How long a stopped task answers in DescribeTasks: one hour.
pub const STOPPED_TASK_RETENTION_MS: u64 = 60 * 60 * 1000;
/// How long a client token holds: AWS names no figure for RunTask; a day outlasts every client's retries.
pub const IDEMPOTENCY_TOKEN_RETENTION_MS: u64 = 24 * 60 * 60 * 1000;
/// Client tokens kept at once: bounds what a client that sends a new token each time can make us remember.
pub const IDEMPOTENCY_TOKENS: usize = 100_000;
