//! The folder of an installation: who keeps what where.
//!
//! ```text
//! DATA/credentials.json   the root key (0600)
//! DATA/endpoint.json      where the server listens; for the commands
//! DATA/link.sock          where agents of this machine connect (0600)
//! DATA/store/             state and history of the control plane
//! DATA/agent/             what the node knows of its tasks
//! DATA/containers/        records and writable layers of containers
//! DATA/images/            images
//! ```

use gantry_controlplane::{RootKey, RootKeyError};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// State and logs may hold what environment variables hold: nobody but the owner reads them.
const PRIVATE: u32 = 0o700;

/// The folder of one installation.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

/// Where a server listens, and what a client signs for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    /// Such as `http://127.0.0.1:4780`.
    pub(crate) url: String,
    /// The account of the root key.
    pub(crate) account: String,
    /// The region of the installation.
    pub(crate) region: String,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    /// It cannot be made.
    #[error("cannot make the data folder {path}")]
    Make {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody has run `up` or `server` on it.
    #[error(
        "there is no installation in {0}: start one with `gantry up`, or name its folder with --data-dir"
    )]
    Empty(PathBuf),
    /// Only its owner may read it.
    #[error("{path} belongs to another user: try `sudo gantry …`")]
    NotOurs {
        /// Which file.
        path: PathBuf,
    },
    /// The endpoint's file cannot be read or written.
    #[error("cannot use {path}")]
    Endpoint {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The key's file cannot be read or made.
    #[error("cannot use the root key in {path}")]
    Key {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: RootKeyError,
    },
}

impl DataFolder {
    /// A folder that may not be there yet.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The folder, made now if it is missing.
    pub(crate) fn make(path: &Path) -> Result<Self, FolderError> {
        let made =
            DirBuilder::new().recursive(true).mode(PRIVATE).create(path).and_then(|()| path.canonicalize());
        made.map(Self).map_err(|source| FolderError::Make { path: path.to_owned(), source })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    pub(crate) fn link_socket(&self) -> PathBuf {
        self.0.join("link.sock")
    }

    pub(crate) fn agent(&self) -> PathBuf {
        self.0.join("agent")
    }

    pub(crate) fn containers(&self) -> PathBuf {
        self.0.join("containers")
    }

    pub(crate) fn images(&self) -> PathBuf {
        self.0.join("images")
    }

    /// The root key, made now if there is none.
    pub(crate) fn make_root_key(&self) -> Result<RootKey, FolderError> {
        let path = self.0.join("credentials.json");
        RootKey::read_or_make(&path).map_err(|source| FolderError::Key { path, source })
    }

    /// The root key of a running installation.
    pub(crate) fn root_key(&self) -> Result<RootKey, FolderError> {
        let path = self.0.join("credentials.json");
        RootKey::read(&path).map_err(|error| match error {
            RootKeyError::Io(source) => self.unreadable(path, source),
            source @ RootKeyError::Malformed(_) => FolderError::Key { path, source },
        })
    }

    /// Where the server of this folder listens.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, FolderError> {
        let path = self.0.join("endpoint.json");
        let read = fs::read(&path).and_then(|text| Ok(serde_json::from_slice(&text)?));
        read.map_err(|source| self.unreadable(path, source))
    }

    /// Tells the commands where the server listens.
    pub(crate) fn set_endpoint(&self, endpoint: &Endpoint) -> Result<(), FolderError> {
        // A server that starts again on a full disk has nothing to write.
        if self.endpoint().is_ok_and(|known| known == *endpoint) {
            return Ok(());
        }
        let path = self.0.join("endpoint.json");
        let unnamed = self.0.join("endpoint.new");
        let text = serde_json::to_vec(endpoint).expect("an endpoint is plain text");
        let written = fs::write(&unnamed, text).and_then(|()| fs::rename(&unnamed, &path));
        written.map_err(|source| FolderError::Endpoint { path, source })
    }

    fn unreadable(&self, path: PathBuf, source: io::Error) -> FolderError {
        if source.kind() == io::ErrorKind::NotFound {
            FolderError::Empty(self.0.clone())
        } else if source.kind() == io::ErrorKind::PermissionDenied {
            FolderError::NotOurs { path }
        } else {
            FolderError::Endpoint { path, source }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_found_again_and_its_absence_is_explained() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = DataFolder::make(&scratch.path().join("deep/data")).unwrap();
        let error = folder.endpoint().unwrap_err().to_string();
        assert!(error.contains("gantry up"), "{error}");
        let endpoint = Endpoint { url: "http://127.0.0.1:1".into(), account: "1".into(), region: "r".into() };
        folder.set_endpoint(&endpoint).unwrap();
        assert_eq!(folder.endpoint().unwrap(), endpoint);
        assert_eq!(folder.make_root_key().unwrap(), folder.root_key().unwrap());
    }
}
