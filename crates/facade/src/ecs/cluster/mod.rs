//! Clusters: making, deleting, describing and listing them.

mod configuration;
mod create;
mod delete;
mod describe;
mod list;
mod shown;
mod strategy;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use describe::describe;
pub(super) use list::list;
pub(super) use strategy::{FARGATE, FARGATE_SPOT, read as read_strategy};
