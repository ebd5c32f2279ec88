//! Loading an archive: find its images, bring their layers and documents into the store, then give them their names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::archive::Archive;
use super::config::ConfigDocument;
use super::decompress::plain;
use super::index::{ImageRecord, Index, IndexError};
use super::layer::LayerSource;
use super::limits::{DOCUMENT_BYTES_MAX, LAYERS_MAX};
use super::staging::Staging;
use super::{Digest, ImageStore, LayerError, Platform, Reference, TarError, docker_save, oci_layout};

/// One name that an archive brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The full name.
    pub reference: Reference,
    /// The image that it means now.
    pub digest: Digest,
}

/// Why an archive was not loaded; nothing of it is in the store then.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The archive cannot be opened.
    #[error("cannot read the archive")]
    Read(#[from] io::Error),
    /// It is no tar file.
    #[error("cannot read the archive")]
    Tar(#[from] TarError),
    /// It is a tar file or folder of something else.
    #[error(
        "this is neither an archive of `docker save` nor an OCI layout: it has no manifest.json and no index.json"
    )]
    NoImages,
    /// A file that another one names is missing.
    #[error("the archive lacks `{0}`")]
    Missing(String),
    /// A document is not what the standard says.
    #[error("`{file}` in the archive cannot be understood")]
    Document {
        /// Its name in the archive.
        file: String,
        /// Where it fails.
        source: serde_json::Error,
    },
    /// A document or a list over its limit.
    #[error("the archive is refused: {0}")]
    TooMuch(&'static str),
    /// A document is not the one that was named.
    #[error("`{file}` in the archive has the digest {found}")]
    Digest {
        /// Its name in the archive.
        file: String,
        /// What it has.
        found: Digest,
    },
    /// The image is for another kind of host.
    #[error("the image is for {found}, this host is {host}")]
    Platform {
        /// What the image is for.
        found: String,
        /// What is needed.
        host: Platform,
    },
    /// The document contradicts itself.
    #[error("the image is inconsistent: {0}")]
    Inconsistent(&'static str),
    /// A layer that only its vendor may give out.
    #[error("the layer {0} is foreign: it must be fetched from its vendor, which is not supported")]
    Foreign(Digest),
    /// Neither the archive nor the caller names the image.
    #[error("the archive does not say what its image is called; give it a name")]
    Unnamed,
    /// A layer failed.
    #[error("cannot load the layer {diff_id}")]
    Layer {
        /// The digest of its plain tar.
        diff_id: Digest,
        /// What went wrong.
        source: LayerError,
    },
    /// The store failed.
    #[error("cannot record the image")]
    Index(#[from] IndexError),
}

/// An image that an archive offers; nothing of its layers has been read.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) digest: Digest,
    pub(super) names: Vec<Reference>,
    pub(super) config: Digest,
    /// Its documents by digest.
    pub(super) blobs: BTreeMap<Digest, Vec<u8>>,
    /// Bottom first.
    pub(super) layers: Vec<LayerSource>,
}

impl ImageStore {
    /// Loads an archive of `docker save` or an OCI layout from a file (plain or packed) or a folder. An image that the
    /// archive does not name gets `name`.
    pub fn load(&self, path: &Path, name: Option<&Reference>) -> Result<Vec<Loaded>, LoadError> {
        if path.is_dir() {
            return self.load_archive(&Archive::folder(path)?, name);
        }
        let mut file = File::open(path)?;
        match starts_like_tar(&mut file)? {
            true => self.load_archive(&Archive::tar(file)?, name),
            false => self.load_stream(File::open(path)?, name),
        }
    }

    /// As [`ImageStore::load`], from a stream, which is kept on disk meanwhile.
    pub fn load_stream(&self, stream: impl Read, name: Option<&Reference>) -> Result<Vec<Loaded>, LoadError> {
        let mut file = self.folders.unnamed_file()?;
        io::copy(&mut plain(stream)?, &mut file)?;
        self.load_archive(&Archive::tar(file)?, name)
    }

    fn load_archive(&self, archive: &Archive, name: Option<&Reference>) -> Result<Vec<Loaded>, LoadError> {
        let host = Platform::host();
        let mut offers = match () {
            () if archive.has("index.json")? => oci_layout::offers(archive, &host)?,
            () if archive.has("manifest.json")? => docker_save::offers(archive, &host)?,
            () => return Err(LoadError::NoImages),
        };
        name_the_unnamed(&mut offers, name)?;
        let _layers_stay = self.folders.lock_for_load()?;
        let mut staging = Staging::new(&self.folders)?;
        for offer in &offers {
            self.stage(archive, offer, &mut staging)?;
        }
        let sizes = staging.commit()?;
        Ok(self.record(offers, sizes)?)
    }

    fn stage(&self, archive: &Archive, offer: &Offer, staging: &mut Staging<'_>) -> Result<(), LoadError> {
        let complete = self.index()?;
        for layer in &offer.layers {
            if complete.layers.contains_key(&layer.diff_id) || staging.has_layer(&layer.diff_id) {
                continue;
            }
            let packed = archive.open(&layer.file)?.ok_or_else(|| LoadError::Missing(layer.file.clone()))?;
            let added = staging.add_layer(layer, packed);
            added.map_err(|source| LoadError::Layer { diff_id: layer.diff_id.clone(), source })?;
        }
        for (digest, content) in &offer.blobs {
            staging.add_blob(digest, content)?;
        }
        Ok(())
    }

    fn record(
        &self,
        offers: Vec<Offer>,
        mut sizes: BTreeMap<Digest, u64>,
    ) -> Result<Vec<Loaded>, IndexError> {
        self.change_index(|index| {
            index.layers.append(&mut sizes);
            offers.into_iter().flat_map(|offer| index.add(offer)).collect()
        })
    }
}

impl Index {
    /// Adds the image under its names, which lose what they meant before.
    fn add(&mut self, offer: Offer) -> Vec<Loaded> {
        let Offer { digest, names, config, blobs, layers } = offer;
        let layers = layers.into_iter().map(|layer| layer.diff_id).collect();
        self.images
            .insert(digest.clone(), ImageRecord { config, blobs: blobs.into_keys().collect(), layers });
        self.names.extend(names.iter().map(|name| (name.to_string(), digest.clone())));
        names.into_iter().map(|reference| Loaded { reference, digest: digest.clone() }).collect()
    }
}

/// A document of an archive.
pub(super) fn read_document(archive: &Archive, file: &str) -> Result<Vec<u8>, LoadError> {
    let content = archive.open(file)?.ok_or_else(|| LoadError::Missing(file.to_owned()))?;
    let mut document = Vec::new();
    content.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut document)?;
    if document.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(LoadError::TooMuch("a document is larger than 4 MiB"));
    }
    Ok(document)
}

/// A document in the form that `T` has.
pub(super) fn parse<T: serde::de::DeserializeOwned>(file: &str, document: &[u8]) -> Result<T, LoadError> {
    serde_json::from_slice(document).map_err(|source| LoadError::Document { file: file.to_owned(), source })
}

/// The layers' digests that a configuration states, once it is sure that this host can run the image.
pub(super) fn diff_ids(
    config: ConfigDocument,
    count: usize,
    host: &Platform,
) -> Result<Vec<Digest>, LoadError> {
    let found = Platform { os: config.os, architecture: config.architecture };
    let unsaid = found.os.is_empty() && found.architecture.is_empty();
    if !unsaid && found != *host {
        return Err(LoadError::Platform { found: found.to_string(), host: host.clone() });
    }
    if count > LAYERS_MAX {
        return Err(LoadError::TooMuch("the image has more than 500 layers"));
    }
    if config.rootfs.diff_ids.len() != count {
        return Err(LoadError::Inconsistent(
            "its configuration names another number of layers than its manifest",
        ));
    }
    Ok(config.rootfs.diff_ids)
}

/// One name can be given to one image.
fn name_the_unnamed(offers: &mut [Offer], name: Option<&Reference>) -> Result<(), LoadError> {
    let mut given = name.cloned();
    for offer in offers.iter_mut().filter(|offer| offer.names.is_empty()) {
        offer.names.push(given.take().ok_or(LoadError::Unnamed)?);
    }
    Ok(())
}

/// Whether the file has the mark of a tar header, so that it can be read in place.
fn starts_like_tar(file: &mut File) -> io::Result<bool> {
    const MAGIC_AT: usize = 257;
    const MAGIC: &[u8] = b"ustar";
    let mut start = Vec::new();
    file.by_ref().take((MAGIC_AT + MAGIC.len()) as u64).read_to_end(&mut start)?;
    Ok(start.get(MAGIC_AT..) == Some(MAGIC))
}
