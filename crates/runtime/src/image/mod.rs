//! The images of one host: a content-addressed store, filled from archives, read by whoever starts containers.
//!
//! Takes in: `docker save` archives and OCI layouts. Gives out: an image's configuration and its unpacked layers as
//! folders, ready to be the lower directories of an overlay. Does not know containers, tasks or registries; the
//! place where registries plug in is [`Pull`]. Every call blocks.
//!
//! On disk (`OPEN` is the folder given to [`ImageStore::open`]; a name under `layers` exists only when complete):
//! ```text
//!   OPEN/index.json            which names and images there are; replaced whole
//!   OPEN/blobs/sha256/<hex>    manifests and configurations, as they came
//!   OPEN/layers/<hex>/         one unpacked layer by the digest of its plain tar
//!   OPEN/tmp/<pid>-<n>/        work of a running load, swept when its process is gone
//! ```

mod archive;
pub mod build;
mod builtin;
mod config;
mod decompress;
mod digest;
mod docker_save;
mod folders;
mod index;
mod layer;
mod limits;
mod load;
mod manifest;
mod oci_layout;
mod place;
mod platform;
mod pull;
mod reference;
mod staging;
mod store;
mod tar_extensions;
mod tarball;
mod unpack;

pub use config::{Healthcheck, ImageConfig};
pub use digest::{Digest, DigestError};
pub use index::IndexError;
pub use layer::LayerError;
pub use load::{LoadError, Loaded};
pub use place::PathError;
pub use platform::Platform;
pub use pull::{NoRegistry, Pull, PullError, PullState};
pub use reference::{Reference, ReferenceError};
pub use store::{CollectError, Image, ImageStore, Listed, OpenError, RemoveError, ResolveError};
pub use tarball::TarError;
pub use unpack::UnpackError;
