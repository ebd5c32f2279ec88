//! Building images in memory: files in, an archive out. For the built-in image and for tests, which have no registry.
//!
//! The same input gives the same bytes, hence the same digests: times are zero unless set, nothing is random.
//!
//! ```
//! use gantry_runtime::image::build::{ImageBuilder, LayerBuilder};
//!
//! let layer = LayerBuilder::new().folder("bin", 0o755).file("bin/app", 0o755, b"#!/bin/true");
//! let image = ImageBuilder::new().layer(layer).env("LANG", "C").cmd(["/bin/app"]).build("team/app:1");
//! let archive: Vec<u8> = image.oci_archive();
//! # assert!(archive.len() > 1024);
//! ```

mod layer;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

pub use self::layer::LayerBuilder;
use super::config::{ConfigDocument, RootFs};
use super::manifest::{
    CONFIG_TYPE, Descriptor, INDEX_TYPE, Index, LAYER_TYPE, MANIFEST_TYPE, Manifest, REF_NAME, SavedImage,
};
use super::{Digest, ImageConfig, Platform};

/// How layers are packed in an OCI archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// As they are.
    #[default]
    Plain,
    /// `+gzip`.
    Gzip,
    /// `+zstd`.
    Zstd,
}

/// An image in the making.
#[derive(Debug, Clone)]
pub struct ImageBuilder {
    layers: Vec<Blob>,
    config: ImageConfig,
    platform: Platform,
    packing: Packing,
}

/// A finished image with its name.
#[derive(Debug, Clone)]
pub struct BuiltImage {
    name: String,
    platform: Platform,
    config: Blob,
    /// Plain, bottom first.
    layers: Vec<Blob>,
    manifest: Blob,
    /// As the manifest names them.
    packed_layers: Vec<Blob>,
}

/// Bytes with their digest, cheap to copy.
#[derive(Debug, Clone)]
struct Blob {
    digest: Digest,
    bytes: Arc<[u8]>,
}

impl ImageBuilder {
    /// An image without layers for this host.
    pub fn new() -> Self {
        let (layers, config) = (Vec::new(), ImageConfig::default());
        Self { layers, config, platform: Platform::host(), packing: Packing::default() }
    }

    /// Adds a layer on top.
    pub fn layer(self, layer: LayerBuilder) -> Self {
        self.raw_layer(layer.into_tar())
    }

    /// Adds a layer on top that is any bytes.
    pub fn raw_layer(mut self, tar: Vec<u8>) -> Self {
        self.layers.push(Blob::new(tar));
        self
    }

    /// Adds a variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.config.env.push(format!("{name}={value}"));
        self
    }

    /// Sets the arguments.
    pub fn cmd<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.config.cmd = words.into_iter().map(str::to_owned).collect();
        self
    }

    /// Sets the rest of the configuration.
    pub fn configure(mut self, change: impl FnOnce(&mut ImageConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Makes it an image for another kind of host.
    pub fn platform(mut self, platform: Platform) -> Self {
        self.platform = platform;
        self
    }

    /// Packs the layers.
    pub fn packing(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// The image under the name `name`, which may be any text.
    pub fn build(self, name: &str) -> BuiltImage {
        let document = ConfigDocument {
            architecture: self.platform.architecture.clone(),
            os: self.platform.os.clone(),
            config: self.config,
            rootfs: RootFs {
                kind: "layers".into(),
                diff_ids: self.layers.iter().map(|layer| layer.digest.clone()).collect(),
            },
        };
        let config = Blob::json(&document);
        let packed_layers: Vec<Blob> = self.layers.iter().map(|layer| layer.packed(self.packing)).collect();
        let manifest = Blob::json(&Manifest {
            schema_version: 2,
            media_type: MANIFEST_TYPE.into(),
            config: config.descriptor(CONFIG_TYPE),
            layers: packed_layers.iter().map(|packed| packed.descriptor(self.packing.media_type())).collect(),
        });
        let name = name.to_owned();
        BuiltImage { name, platform: self.platform, config, layers: self.layers, manifest, packed_layers }
    }
}

impl Default for ImageBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BuiltImage {
    /// The digest of its manifest.
    pub fn digest(&self) -> Digest {
        self.manifest.digest.clone()
    }

    /// A tar file with an OCI layout of this image.
    pub fn oci_archive(&self) -> Vec<u8> {
        oci_archive([self])
    }

    /// A tar file as older `docker save` writes it.
    pub fn docker_archive(&self) -> Vec<u8> {
        docker_archive([self])
    }

    fn blobs(&self) -> impl Iterator<Item = &Blob> {
        [&self.config, &self.manifest].into_iter().chain(&self.packed_layers)
    }

    fn descriptor(&self) -> Descriptor {
        let annotations = [(REF_NAME.to_owned(), self.name.clone())].into();
        let platform = Some(self.platform.clone());
        Descriptor { platform, annotations, ..self.manifest.descriptor(MANIFEST_TYPE) }
    }
}

/// A tar file with an OCI layout of several images.
pub fn oci_archive<'a>(images: impl IntoIterator<Item = &'a BuiltImage> + Clone) -> Vec<u8> {
    let manifests = images.clone().into_iter().map(BuiltImage::descriptor).collect();
    layout(images.into_iter().flat_map(BuiltImage::blobs), manifests)
}

/// A tar file with an OCI layout in which `images` are the variants of one image called `name`.
pub fn multi_platform_archive(name: &str, images: &[BuiltImage]) -> Vec<u8> {
    let manifests = images.iter().map(BuiltImage::descriptor).collect();
    let variants = Blob::json(&Index { schema_version: 2, manifests });
    let annotations = [(REF_NAME.to_owned(), name.to_owned())].into();
    let top = Descriptor { annotations, ..variants.descriptor(INDEX_TYPE) };
    layout(images.iter().flat_map(BuiltImage::blobs).chain([&variants]), vec![top])
}

/// A tar file of several images as older `docker save` writes it.
pub fn docker_archive<'a>(images: impl IntoIterator<Item = &'a BuiltImage>) -> Vec<u8> {
    let mut archive = LayerBuilder::new();
    let mut saved = Vec::new();
    for image in images {
        let config = format!("{}.json", image.config.digest.hex());
        archive = archive.file(&config, 0o644, &image.config.bytes);
        let file = |layer: &Blob| format!("{}/layer.tar", layer.digest.hex());
        archive = image
            .layers
            .iter()
            .fold(archive, |archive, layer| archive.file(&file(layer), 0o644, &layer.bytes));
        let layers = image.layers.iter().map(file).collect();
        saved.push(SavedImage { config, repo_tags: Some(vec![image.name.clone()]), layers });
    }
    archive.file("manifest.json", 0o644, &to_json(&saved)).into_tar()
}

/// Each blob once, then the list of images.
fn layout<'a>(blobs: impl Iterator<Item = &'a Blob>, manifests: Vec<Descriptor>) -> Vec<u8> {
    let once: BTreeMap<&Digest, &Blob> = blobs.map(|blob| (&blob.digest, blob)).collect();
    let archive = LayerBuilder::new().file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#);
    let file = |blob: &Blob| format!("blobs/sha256/{}", blob.digest.hex());
    let archive = once.values().fold(archive, |archive, blob| archive.file(&file(blob), 0o644, &blob.bytes));
    archive.file("index.json", 0o644, &to_json(&Index { schema_version: 2, manifests })).into_tar()
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        Self { digest: Digest::of(&bytes), bytes: bytes.into() }
    }

    fn json(document: &impl serde::Serialize) -> Self {
        Self::new(to_json(document))
    }

    fn descriptor(&self, media_type: &str) -> Descriptor {
        let (digest, size) = (self.digest.clone(), self.bytes.len() as u64);
        Descriptor {
            media_type: media_type.into(),
            digest,
            size,
            platform: None,
            annotations: BTreeMap::new(),
        }
    }

    fn packed(&self, packing: Packing) -> Self {
        const IN_MEMORY: &str = "packing in memory does not fail";
        match packing {
            Packing::Plain => self.clone(),
            Packing::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(&self.bytes).expect(IN_MEMORY);
                Self::new(encoder.finish().expect(IN_MEMORY))
            }
            Packing::Zstd => Self::new(zstd::encode_all(&*self.bytes, 0).expect(IN_MEMORY)),
        }
    }
}

impl Packing {
    fn media_type(self) -> &'static str {
        match self {
            Self::Plain => LAYER_TYPE,
            Self::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
            Self::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }
}

fn to_json(document: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("the documents have only text keys")
}
