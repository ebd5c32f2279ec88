//! Tags of clusters, tasks and task definitions: adding, removing and listing them by ARN.

mod add;
mod list;
mod remove;
mod resource;

pub(super) use add::add;
pub(super) use list::list;
pub(super) use remove::remove;
