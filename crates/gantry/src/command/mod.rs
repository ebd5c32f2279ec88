//! The commands: one file each. Each takes its arguments and how it was invoked, and gives out its exit.

pub(crate) mod agent;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod history;
pub(crate) mod image;
pub(crate) mod logs;
pub(crate) mod ps;
pub(crate) mod reset;
pub(crate) mod run;
pub(crate) mod server;
pub(crate) mod status;
pub(crate) mod stop;
mod tasks;
pub(crate) mod up;
pub(crate) mod version;
pub(crate) mod why;

use crate::cli::Invocation;
use crate::client::Client;
use crate::data_folder::DataFolder;
use anyhow::Result;

/// A client of the installation that the command line means.
fn client(invocation: &Invocation) -> Result<Client> {
    Ok(Client::of(&DataFolder::at(&invocation.data_dir))?)
}
