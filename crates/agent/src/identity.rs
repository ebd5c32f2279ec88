//! Who this node is: chosen at the first start and kept on its disk.

use crate::config::Terms;
use crate::files::{FileError, read_if_there, replace};
use gantry_model::NodeId;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The kernel's source of random UUIDs.
const RANDOM_UUID: &str = "/proc/sys/kernel/random/uuid";

/// What the node knows of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    pub(crate) node: NodeId,
    /// Which installation it belongs to; none before it was welcomed once.
    pub(crate) terms: Option<Terms>,
}

impl Identity {
    /// Reads who this node is, or makes it somebody.
    pub(crate) fn load_or_make(path: &Path) -> Result<Self, FileError> {
        if let Some(text) = read_if_there(path)? {
            return serde_json::from_str(&text).map_err(|source| FileError::form(path, source));
        }
        let identity = Self { node: random_id()?, terms: None };
        identity.save(path)?;
        Ok(identity)
    }

    /// Writes it down so that it survives the host.
    pub(crate) fn save(&self, path: &Path) -> Result<(), FileError> {
        let text = serde_json::to_string(self).expect("plain values");
        replace(path, &text, true)
    }
}

/// A number that differs between any two processes.
pub(crate) fn incarnation() -> Result<u64, FileError> {
    let id = random_id()?;
    let (first, _) = id.0.split_first_chunk().expect("an id has sixteen bytes");
    Ok(u64::from_be_bytes(*first))
}

fn random_id() -> Result<NodeId, FileError> {
    let path = Path::new(RANDOM_UUID);
    let text = read_if_there(path)?.unwrap_or_default();
    let id = text.trim().parse();
    id.map_err(|_| FileError::io("read a random id from", path)(std::io::ErrorKind::InvalidData.into()))
}
