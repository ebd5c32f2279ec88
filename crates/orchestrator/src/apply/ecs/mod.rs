//! Amazon ECS.

pub(super) mod cluster;
pub(super) mod run_task;
pub(crate) mod runnable;
pub(super) mod stop_task;
pub(super) mod tag;
pub(super) mod task_definition;
