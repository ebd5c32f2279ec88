//! What an agent is made of.

use crate::exits::Exits;
use gantry_link::Dialer;
use gantry_model::Resources;
use gantry_runtime::api::Runtime;
use gantry_runtime::image::{ImageStore, Pull};
use gantry_runtime::network::Network;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that an agent needs.
#[derive(Debug)]
pub struct Config {
    /// The agent's own folder; made when missing, used by one agent at a time.
    pub data_dir: PathBuf,
    /// The way to the control plane.
    pub dialer: Dialer,
    /// The machine's name, as people know it.
    pub name: String,
    /// What the node offers, before overcommitment.
    pub capacity: Resources,
    /// `X86_64` or `ARM64`.
    pub cpu_architecture: String,
    /// Zones that it serves, a letter each; empty serves all.
    pub zones: Vec<char>,
    /// The agent's version.
    pub agent_version: String,
    /// What does the work.
    pub parts: Parts,
}

/// What does the work on a node.
pub struct Parts {
    /// Containers. It was given the sink of [`crate::exit_channel`].
    pub runtime: Arc<dyn Runtime>,
    /// Where the runtime's events come out.
    pub exits: Exits,
    /// Networks of tasks, opened once the installation is known.
    pub network: NetworkFactory,
    /// Images that are here.
    pub images: Arc<ImageStore>,
    /// How others get here.
    pub pull: Arc<dyn Pull>,
}

/// Opens the network. Called once, in a thread made for blocking, before anything else is done on the node.
pub type NetworkFactory =
    Box<dyn FnOnce(&Terms) -> Result<Arc<dyn Network>, Box<dyn std::error::Error + Send + Sync>> + Send>;

/// What a node learns from its control plane once and keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Marks the installation.
    pub installation: String,
    /// The range that tasks' addresses are from, such as `172.31.0.0/16`.
    pub vpc_cidr: String,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("images", &self.images).finish_non_exhaustive()
    }
}
