//! The index of a store: which images there are, under which names, made of which layers. One JSON file, replaced
//! whole; several processes may read and replace it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Digest;

/// The form of the file; a program that meets another number leaves the store alone.
const VERSION: u32 = 1;

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file cannot be read or replaced.
    #[error("cannot reach the index of images")]
    File(#[from] io::Error),
    /// The file is not what this program writes.
    #[error("the index of images is damaged")]
    Form(#[from] serde_json::Error),
    /// The file is of another program version.
    #[error("the index of images has version {0}; this program knows version {VERSION}")]
    Version(u32),
}

/// All that a store has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Index {
    version: u32,
    /// Images by what a registry would call them: the digest of the manifest (of the index of variants, if any).
    pub(super) images: BTreeMap<Digest, ImageRecord>,
    /// Full names, and the image that each means.
    pub(super) names: BTreeMap<String, Digest>,
    /// Complete layers, and the bytes of their files.
    pub(super) layers: BTreeMap<Digest, u64>,
}

/// One image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImageRecord {
    /// The blob with its configuration.
    pub(super) config: Digest,
    /// All its blobs, the configuration included.
    pub(super) blobs: BTreeSet<Digest>,
    /// Its layers, bottom first.
    pub(super) layers: Vec<Digest>,
}

/// Tells one state of the file from another: a replaced file is another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(Option<(u64, i64, i64)>);

impl Default for Index {
    fn default() -> Self {
        Self { version: VERSION, images: BTreeMap::new(), names: BTreeMap::new(), layers: BTreeMap::new() }
    }
}

impl Index {
    /// The index in the file, empty when there is none yet, and which state of the file that is.
    pub(super) fn read(path: &Path) -> Result<(Self, Stamp), IndexError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Self::default(), Stamp(None)));
            }
            opened => opened?,
        };
        let stamp = Stamp::of(&file.metadata()?);
        let index: Self = serde_json::from_reader(io::BufReader::new(file))?;
        if index.version != VERSION {
            return Err(IndexError::Version(index.version));
        }
        Ok((index, stamp))
    }

    /// The file's content for this index.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("the index has only text keys")
    }

    /// The names of one image.
    pub(super) fn names_of<'a>(&'a self, digest: &'a Digest) -> impl Iterator<Item = &'a str> {
        self.names.iter().filter(move |(_, named)| *named == digest).map(|(name, _)| name.as_str())
    }

    /// The image whose manifest, index of variants or configuration has this digest.
    pub(super) fn by_any_digest(&self, digest: &Digest) -> Option<(&Digest, &ImageRecord)> {
        let direct = self.images.get_key_value(digest);
        direct.or_else(|| self.images.iter().find(|(_, image)| image.blobs.contains(digest)))
    }

    /// The bytes of an image's files.
    pub(super) fn size_bytes(&self, image: &ImageRecord) -> u64 {
        image.layers.iter().filter_map(|layer| self.layers.get(layer)).sum()
    }

    /// Forgets the images that have no name and are not in `used`, then what no image names any more.
    pub(super) fn forget_unused(&mut self, used: &BTreeSet<Digest>) {
        let named: BTreeSet<Digest> = self.names.values().cloned().collect();
        self.images.retain(|digest, _| named.contains(digest) || used.contains(digest));
        let kept: BTreeSet<Digest> =
            self.images.values().flat_map(|image| image.layers.iter().cloned()).collect();
        self.layers.retain(|layer, _| kept.contains(layer));
    }

    /// Every blob that an image names.
    pub(super) fn blobs(&self) -> BTreeSet<&Digest> {
        self.images.values().flat_map(|image| image.blobs.iter()).collect()
    }
}

impl Stamp {
    /// The state of the file now.
    pub(super) fn now(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Self::of(&metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }

    fn of(metadata: &fs::Metadata) -> Self {
        Self(Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec())))
    }
}
