//! Tasks: running, stopping, describing and listing them.

mod capacity;
mod container;
mod describe;
mod interface;
mod list;
mod network;
mod overrides;
mod request;
mod run;
mod shown;
mod stop;

pub(super) use describe::describe;
pub(super) use list::list;
pub(super) use run::run;
pub(super) use stop::stop;
