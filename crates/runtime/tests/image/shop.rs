//! What these tests are made of: a store in a folder of its own, and short ways to load and look.

use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;

use gantry_runtime::image::build::{ImageBuilder, LayerBuilder};
use gantry_runtime::image::{Digest, Image, ImageStore, LoadError, Loaded, Reference};
use rustix::mount::{MountPropagationFlags, mount_change};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use tempfile::TempDir;

/// A store and its folder, which goes with the test.
pub(crate) struct Shop {
    pub(crate) store: ImageStore,
    folder: TempDir,
}

impl Shop {
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().unwrap();
        Self { store: ImageStore::open(&folder.path().join("images")).unwrap(), folder }
    }

    /// The folder of the store.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("images")
    }

    /// A second store on the same folder, as another process would open it.
    pub(crate) fn open_again(&self) -> ImageStore {
        ImageStore::open(&self.path()).unwrap()
    }

    /// A file beside the store.
    pub(crate) fn folder_file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an archive beside the store.
    pub(crate) fn write(&self, name: &str, archive: &[u8]) -> PathBuf {
        let path = self.folder_file(name);
        fs::write(&path, archive).unwrap();
        path
    }

    pub(crate) fn load(&self, archive: &[u8]) -> Result<Vec<Loaded>, LoadError> {
        self.store.load(&self.write("archive", archive), None)
    }

    /// Loads an image with one layer; returns the layer's folder.
    pub(crate) fn unpack(&self, layer: LayerBuilder) -> Result<PathBuf, String> {
        let image = ImageBuilder::new().layer(layer).build("test/layer:1");
        self.load(&image.oci_archive()).map_err(|error| chain(&error))?;
        Ok(self.image("test/layer:1").unwrap().layers.remove(0))
    }

    pub(crate) fn image(&self, name: &str) -> Option<Image> {
        self.store.resolve(&reference(name)).unwrap()
    }

    /// The names of the layers that are there, without those of the built-in image.
    pub(crate) fn layers(&self) -> Vec<String> {
        let builtin = self.image("gantry/hello").map(|image| image.layers).unwrap_or_default();
        let all = fs::read_dir(self.path().join("layers")).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<String> = all.filter(|path| !builtin.contains(path)).map(name).collect();
        names.sort();
        names
    }

    /// Whether nobody has left unfinished work.
    pub(crate) fn is_tidy(&self) -> bool {
        fs::read_dir(self.path().join("tmp")).unwrap().next().is_none()
    }
}

/// Runs `work` on a thread with a mount namespace of its own, so that nothing stays mounted.
pub(crate) fn with_own_mounts<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let in_thread = || {
        // SAFETY: the flag affects this thread alone, which ends with the work.
        unsafe { unshare_unsafe(UnshareFlags::NEWNS) }.expect("tests of images need root");
        mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE).unwrap();
        work()
    };
    let ended = thread::scope(|scope| scope.spawn(in_thread).join());
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

pub(crate) fn reference(name: &str) -> Reference {
    name.parse().unwrap()
}

/// A one-layer image called `name` whose only file has this content.
pub(crate) fn small(name: &str, content: &str) -> gantry_runtime::image::build::BuiltImage {
    ImageBuilder::new().layer(file_layer(content)).build(name)
}

pub(crate) fn file_layer(content: &str) -> LayerBuilder {
    LayerBuilder::new().file("file", 0o644, content.as_bytes())
}

pub(crate) fn layer_name(layer: LayerBuilder) -> String {
    Digest::of(&layer.into_tar()).hex().to_owned()
}

/// An error with its sources.
pub(crate) fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

/// `uid:gid mode` of a path itself.
pub(crate) fn properties(path: &Path) -> String {
    let metadata = fs::symlink_metadata(path).unwrap();
    format!("{}:{} {:o}", metadata.uid(), metadata.gid(), metadata.mode())
}

fn name(path: PathBuf) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
