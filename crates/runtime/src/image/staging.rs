//! What a load has brought and not yet given its name. Everything is written aside, brought to the disk by one call,
//! and only then moved to where the store looks for it: a crash at any moment leaves the store as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use super::folders::{Folders, Scratch, sync_folder};
use super::layer::{LayerSource, unpack_layer};
use super::{Digest, LayerError};

/// Unfinished layers and documents; they vanish with the value.
#[derive(Debug)]
pub(super) struct Staging<'a> {
    folders: &'a Folders,
    scratch: Scratch,
    /// With the bytes of their files.
    layers: BTreeMap<Digest, u64>,
    blobs: BTreeSet<Digest>,
}

impl<'a> Staging<'a> {
    pub(super) fn new(folders: &'a Folders) -> io::Result<Self> {
        let scratch = folders.scratch()?;
        Ok(Self { folders, scratch, layers: BTreeMap::new(), blobs: BTreeSet::new() })
    }

    pub(super) fn has_layer(&self, diff_id: &Digest) -> bool {
        self.layers.contains_key(diff_id)
    }

    /// Unpacks a layer that is not here yet.
    pub(super) fn add_layer(&mut self, source: &LayerSource, packed: impl Read) -> Result<(), LayerError> {
        let bytes = unpack_layer(source, packed, &self.layer(&source.diff_id))?;
        self.layers.insert(source.diff_id.clone(), bytes);
        Ok(())
    }

    /// Adds a document.
    pub(super) fn add_blob(&mut self, digest: &Digest, content: &[u8]) -> io::Result<()> {
        fs::write(self.blob(digest), content)?;
        self.blobs.insert(digest.clone());
        Ok(())
    }

    /// Makes everything complete in the store; returns the bytes of the new layers. Where another load was faster,
    /// its layer stays: both have the same content.
    pub(super) fn commit(self) -> io::Result<BTreeMap<Digest, u64>> {
        self.scratch.sync()?;
        for digest in &self.blobs {
            fs::rename(self.blob(digest), self.folders.blob(digest))?;
        }
        for diff_id in self.layers.keys() {
            let complete = self.folders.layer(diff_id);
            match fs::rename(self.layer(diff_id), &complete) {
                Err(_) if complete.is_dir() => {}
                renamed => renamed?,
            }
        }
        sync_folder(&self.folders.blobs())?;
        sync_folder(&self.folders.layers())?;
        Ok(self.layers)
    }

    fn layer(&self, diff_id: &Digest) -> PathBuf {
        self.scratch.path().join(format!("layer-{}", diff_id.hex()))
    }

    fn blob(&self, digest: &Digest) -> PathBuf {
        self.scratch.path().join(format!("blob-{}", digest.hex()))
    }
}
