//! What an image may cost before it is refused. An image is the work of strangers: each number keeps one kind of
//! bad or hostile archive from taking the memory, the disk or the time of the host.

/// A manifest, an index or a configuration is read into memory. Registries refuse manifests over 4 MiB
/// (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests>); the same is ample here.
pub(super) const DOCUMENT_BYTES_MAX: u64 = 4 << 20;

/// Overlayfs takes at most 500 lower directories.
pub(super) const LAYERS_MAX: usize = 500;

/// Files in an archive of images: a few per layer, and up to thousands of images in a mirror's layout.
pub(super) const ARCHIVE_ENTRIES_MAX: usize = 100_000;

/// Images in one archive.
pub(super) const IMAGES_MAX: usize = 1_000;

/// An index may name an index, as multi-platform builds do; deeper ones are loops or mischief.
pub(super) const INDEX_DEPTH_MAX: usize = 3;

/// Links between the files of an archive that are followed (old `docker save` links equal layers to each other).
pub(super) const ARCHIVE_LINKS_MAX: usize = 8;

/// Unpacked bytes of one layer: more than any image in public use, less than a small disk times a bomb.
pub(super) const LAYER_BYTES_MAX: u64 = 128 << 30;

/// Files of one layer: several times a full desktop system. Their folders are remembered while it is unpacked.
pub(super) const LAYER_ENTRIES_MAX: u64 = 2_000_000;

/// A long name or the extended attributes of one tar entry; they are read into memory. Linux takes names of 4 KiB
/// and attributes of 64 KiB each.
pub(super) const TAR_EXTENSION_BYTES_MAX: u64 = 1 << 20;

/// A zstd stream may ask for a window of this many bits of memory (128 MiB, the format's own advice for decoders).
pub(super) const ZSTD_WINDOW_LOG_MAX: u32 = 27;
