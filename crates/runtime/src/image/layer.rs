//! One layer of an archive: read, verify by both digests, unpack. Does not know where the store keeps it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Digest;
use super::decompress::plain;
use super::digest::Hashing;
use super::limits::LAYER_BYTES_MAX;
use super::unpack::{UnpackError, unpack};

/// A layer as an archive announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerSource {
    /// Its file in the archive.
    pub(super) file: String,
    /// The digest of that file, when the archive states one.
    pub(super) digest: Option<Digest>,
    /// The digest of its plain tar; its name in the store.
    pub(super) diff_id: Digest,
}

/// Why a layer is not in the store.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The bytes are not those that the image names.
    #[error("the {what} has the digest {found}, the image says {stated}")]
    Digest {
        /// Which form of the layer.
        what: &'static str,
        /// What came.
        found: Digest,
        /// What should have come.
        stated: Digest,
    },
    /// It cannot be unpacked.
    #[error("cannot unpack the layer")]
    Unpack(#[from] UnpackError),
    /// It ends early, or its packing is damaged.
    #[error("cannot read the layer")]
    Read(#[source] io::Error),
    /// The store's own folders.
    #[error("cannot store the layer")]
    Store(#[source] io::Error),
}

/// Unpacks the layer into the new folder `root` and returns the bytes of its files. After an error the folder holds
/// anything; after success it is right, though not yet on the disk.
pub(super) fn unpack_layer(source: &LayerSource, packed: impl Read, root: &Path) -> Result<u64, LayerError> {
    let root = make_root(root).map_err(LayerError::Store)?;
    unpack_verified(source, packed, root.as_fd())
}

/// The layer's top folder; users of containers pass through it, unless the layer says otherwise.
fn make_root(path: &Path) -> io::Result<File> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    File::open(path)
}

fn unpack_verified(source: &LayerSource, packed: impl Read, root: BorrowedFd<'_>) -> Result<u64, LayerError> {
    let mut packed = Hashing::new(packed);
    let (bytes, diff_id) = unpack_hashing(&mut packed, root)?;
    let digest = packed.finish();
    if let Some(stated) = source.digest.clone().filter(|stated| *stated != digest) {
        return Err(LayerError::Digest { what: "packed layer", found: digest, stated });
    }
    if diff_id != source.diff_id {
        return Err(LayerError::Digest { what: "layer", found: diff_id, stated: source.diff_id.clone() });
    }
    Ok(bytes)
}

/// Bytes of files, and the digest of the plain tar.
fn unpack_hashing(packed: impl Read, root: BorrowedFd<'_>) -> Result<(u64, Digest), LayerError> {
    let plain = plain(packed).map_err(LayerError::Read)?;
    let mut tar = Hashing::new(Limited { inner: plain, left: LAYER_BYTES_MAX });
    let bytes = unpack(&mut tar, root)?;
    // What follows the end of the archive belongs to the digest.
    io::copy(&mut tar, &mut io::sink()).map_err(LayerError::Read)?;
    Ok((bytes, tar.finish()))
}

/// A reader that fails, rather than ends, at its limit.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.checked_sub(count as u64);
        self.left =
            left.ok_or_else(|| io::Error::other(format!("it is larger than {LAYER_BYTES_MAX} bytes")))?;
        Ok(count)
    }
}
