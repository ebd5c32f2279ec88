//! The store itself: what is in it, what a name means, and what goes when nobody needs it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::config::ConfigDocument;
use super::folders::Folders;
use super::index::{ImageRecord, Index, IndexError, Stamp};
use super::{Digest, ImageConfig, LoadError, Reference, builtin};

/// Images on this host. Threads and processes may share one store.
#[derive(Debug)]
pub struct ImageStore {
    pub(super) folders: Folders,
    /// The index as it was last read, and the state of its file then.
    cached: Mutex<Option<(Arc<Index>, Stamp)>>,
}

/// An image, ready to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The name that was asked for, in full.
    pub reference: Reference,
    /// What a registry would call it: the digest of its manifest; of its configuration when it came without one.
    pub digest: Digest,
    /// What it says about its process.
    pub config: ImageConfig,
    /// Its unpacked layers, topmost first, each one once; at least one.
    pub layers: Vec<PathBuf>,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The full name; `None` when a newer image took it while this one is still in use.
    pub reference: Option<Reference>,
    /// What it means.
    pub digest: Digest,
    /// Bytes of the files of all its layers; images share layers.
    pub size_bytes: u64,
}

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its folders.
    #[error("cannot open the store of images in {path}")]
    Folders {
        /// Where it was to be.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// Its index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The built-in image.
    #[error("cannot load the built-in image gantry/hello")]
    Builtin(#[from] LoadError),
}

/// Why a name's meaning is not known.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The configuration is gone.
    #[error("cannot read the configuration of the image {digest}")]
    Read {
        /// The image.
        digest: Digest,
        /// What the kernel said.
        source: io::Error,
    },
    /// The configuration is damaged.
    #[error("the configuration of the image {digest} is damaged")]
    Form {
        /// The image.
        digest: Digest,
        /// Where it fails.
        source: serde_json::Error,
    },
}

/// Why a name is still there.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// It was not there before.
    #[error("no such image: {0}")]
    NotFound(Reference),
    /// The name is gone, its layers are not.
    #[error(transparent)]
    Collect(#[from] CollectError),
}

/// Why unused layers are still there.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The index cannot be replaced.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The files cannot be removed.
    #[error("cannot remove the files of unused images")]
    Files(#[from] io::Error),
}

impl ImageStore {
    /// Opens the store in `folder`, makes it when there is none, sweeps what a stopped load has left, and sees to it
    /// that the built-in image is there.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let folders =
            Folders::open(folder).map_err(|source| OpenError::Folders { path: folder.into(), source })?;
        let store = Self { folders, cached: Mutex::new(None) };
        store.forget_broken()?;
        builtin::install(&store)?;
        Ok(store)
    }

    /// Every name, in order, then the images that lost theirs.
    pub fn list(&self) -> Result<Vec<Listed>, IndexError> {
        let index = self.index()?;
        let line = |reference: Option<Reference>, digest: &Digest| {
            let size_bytes = index.images.get(digest).map_or(0, |image| index.size_bytes(image));
            Listed { reference, digest: digest.clone(), size_bytes }
        };
        let named = index.names.iter().map(|(name, digest)| line(name.parse().ok(), digest));
        let nameless = index.images.keys().filter(|digest| index.names_of(digest).next().is_none());
        Ok(named.chain(nameless.map(|digest| line(None, digest))).collect())
    }

    /// The image that a name means here; a digest in the name goes before its tag.
    pub fn resolve(&self, reference: &Reference) -> Result<Option<Image>, ResolveError> {
        let index = self.index()?;
        let found = match reference.digest() {
            Some(digest) => index.by_any_digest(digest),
            None => {
                index.names.get(&reference.to_string()).and_then(|digest| index.images.get_key_value(digest))
            }
        };
        let Some((digest, record)) = found else { return Ok(None) };
        let config = self.config(digest, record)?;
        let layers = self.layers(record);
        Ok(Some(Image { reference: reference.clone(), digest: digest.clone(), config, layers }))
    }

    /// Forgets a name (with a digest: all names of that image), then removes what is needed neither by another name
    /// nor by the images in `used`.
    pub fn remove(&self, reference: &Reference, used: &BTreeSet<Digest>) -> Result<(), RemoveError> {
        let removed =
            self.change_index(|index| forget_names(index, reference)).map_err(CollectError::from)?;
        if removed == 0 {
            return Err(RemoveError::NotFound(reference.clone()));
        }
        Ok(self.collect(used)?)
    }

    /// Removes images that have no name and are not in `used`, and all layers and documents that no image needs.
    /// Waits until nobody is loading.
    pub fn collect(&self, used: &BTreeSet<Digest>) -> Result<(), CollectError> {
        let _nobody_loads = self.folders.lock_for_collect()?;
        let kept = self.change_index(|index| {
            index.forget_unused(used);
            index.clone()
        })?;
        let layers: BTreeSet<&str> = kept.layers.keys().map(Digest::hex).collect();
        for name in
            Folders::names_in(&self.folders.layers())?.iter().filter(|name| !layers.contains(name.as_str()))
        {
            self.folders.remove_layer(name)?;
        }
        let blobs: BTreeSet<&str> = kept.blobs().into_iter().map(Digest::hex).collect();
        for name in
            Folders::names_in(&self.folders.blobs())?.iter().filter(|name| !blobs.contains(name.as_str()))
        {
            fs::remove_file(self.folders.blobs().join(name))?;
        }
        Ok(())
    }

    /// The index as it is now, read again only when its file was replaced.
    pub(super) fn index(&self) -> Result<Arc<Index>, IndexError> {
        let path = self.folders.index();
        let mut cached = self.cached();
        let now = Stamp::now(&path)?;
        if let Some((index, stamp)) = &*cached
            && *stamp == now
        {
            return Ok(Arc::clone(index));
        }
        let (index, stamp) = Index::read(&path)?;
        let index = Arc::new(index);
        *cached = Some((Arc::clone(&index), stamp));
        Ok(index)
    }

    /// Replaces the index by what `change` makes of it.
    pub(super) fn change_index<T>(&self, change: impl FnOnce(&mut Index) -> T) -> Result<T, IndexError> {
        let _only_we = self.folders.lock_index()?;
        let (mut index, _) = Index::read(&self.folders.index())?;
        let before = index.clone();
        let result = change(&mut index);
        if index != before {
            self.folders.write_whole(&self.folders.index(), &index.to_bytes())?;
            *self.cached() = None;
        }
        Ok(result)
    }

    fn cached(&self) -> MutexGuard<'_, Option<(Arc<Index>, Stamp)>> {
        self.cached.lock().expect("no holder of the index panics")
    }

    /// Forgets images of which somebody removed the files by hand: they come again by the next load or pull.
    fn forget_broken(&self) -> Result<(), OpenError> {
        let there = Folders::names_in(&self.folders.layers()).map_err(IndexError::from)?;
        self.change_index(|index| {
            index.layers.retain(|layer, _| there.contains(layer.hex()));
            let layers = &index.layers;
            index.images.retain(|digest, image| {
                let whole = image.layers.iter().all(|layer| layers.contains_key(layer));
                if !whole {
                    tracing::warn!(%digest, "forgetting an image whose layers are gone");
                }
                whole
            });
            let images = &index.images;
            index.names.retain(|_, digest| images.contains_key(digest));
        })?;
        Ok(())
    }

    fn config(&self, digest: &Digest, record: &ImageRecord) -> Result<ImageConfig, ResolveError> {
        let document = fs::read(self.folders.blob(&record.config));
        let document = document.map_err(|source| ResolveError::Read { digest: digest.clone(), source })?;
        let document: ConfigDocument = serde_json::from_slice(&document)
            .map_err(|source| ResolveError::Form { digest: digest.clone(), source })?;
        Ok(document.config)
    }

    /// Topmost first. Overlayfs refuses a layer that occurs twice; what the lower one shows, the upper one shows too.
    fn layers(&self, record: &ImageRecord) -> Vec<PathBuf> {
        let mut seen = BTreeSet::new();
        let once = record.layers.iter().rev().filter(|layer| seen.insert(*layer));
        let layers: Vec<PathBuf> = once.map(|layer| self.folders.layer(layer)).collect();
        if layers.is_empty() { vec![self.folders.empty_layer()] } else { layers }
    }
}

/// How many names went.
fn forget_names(index: &mut Index, reference: &Reference) -> usize {
    let before = index.names.len();
    match reference.digest().map(|digest| index.by_any_digest(digest).map(|(digest, _)| digest.clone())) {
        Some(Some(digest)) => index.names.retain(|_, named| *named != digest),
        Some(None) => {}
        None => index.names.retain(|name, _| *name != reference.to_string()),
    }
    before - index.names.len()
}
