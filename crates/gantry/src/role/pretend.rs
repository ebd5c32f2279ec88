//! A node whose containers only seem to run: for tests, benchmarks and demonstrations, without any rights.

use crate::data_folder::DataFolder;
use anyhow::{Context as _, Result};
use gantry_agent::{Parts, Terms, exit_channel};
use gantry_runtime::fake::{FakeHost, FakeRuntime, Script};
use gantry_runtime::image::build::ImageBuilder;
use gantry_runtime::image::{Digest, ImageStore, Pull, PullError, PullState, Reference};
use gantry_runtime::network::{FakeNetwork, Network};
use std::path::Path;
use std::sync::Arc;

/// The parts of such a node; `script` says which container does what.
pub(super) fn parts(folder: &DataFolder, script: Option<&Path>) -> Result<Parts> {
    let script = script.map(read_script).transpose()?.unwrap_or_default();
    let images = Arc::new(ImageStore::open(&folder.images())?);
    let (sink, exits) = exit_channel();
    let runtime = Arc::new(FakeRuntime::open(FakeHost::new(script), sink));
    let network = Box::new(|_: &Terms| Ok(Arc::new(FakeNetwork::new()) as Arc<dyn Network>));
    let pull = Arc::new(EveryImage { store: images.clone() });
    Ok(Parts { runtime, exits, network, images, pull })
}

fn read_script(path: &Path) -> Result<Script> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Script::parse(&text).with_context(|| format!("{} is no script of a fake runtime", path.display()))
}

/// A registry that has every image; there is nothing in them, because nothing is run.
struct EveryImage {
    store: Arc<ImageStore>,
}

impl Pull for EveryImage {
    fn pull(&self, reference: &Reference, watch: &mut dyn FnMut(PullState)) -> Result<Digest, PullError> {
        watch(PullState::Resolving);
        let name = reference.to_string();
        let image = ImageBuilder::new().cmd(["pretend"]).env("IMAGE", &name).build(&name);
        let stored = self.store.load_stream(image.oci_archive().as_slice(), Some(reference));
        stored
            .map_err(|source| PullError::Store { reference: reference.clone(), source: Box::new(source) })?;
        Ok(image.digest())
    }
}
