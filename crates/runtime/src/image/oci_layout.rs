//! The images of an OCI layout (`index.json` and `blobs/`), as `skopeo`, `buildah` and newer `docker save` write it.
//! Source: <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>.

use std::collections::BTreeMap;

use super::archive::Archive;
use super::layer::LayerSource;
use super::limits::{IMAGES_MAX, INDEX_DEPTH_MAX};
use super::load::{LoadError, Offer, diff_ids, parse, read_document};
use super::manifest::{Descriptor, FULL_NAME, Index, Manifest, REF_NAME};
use super::{Digest, Platform, Reference};

const TOP: &str = "index.json";

/// The documents read on the way to an image, by digest.
type Blobs = BTreeMap<Digest, Vec<u8>>;

/// The images that this host can run. An archive that has only others is an error that names them.
pub(super) fn offers(archive: &Archive, host: &Platform) -> Result<Vec<Offer>, LoadError> {
    let top: Index = parse(TOP, &read_document(archive, TOP)?)?;
    if top.manifests.len() > IMAGES_MAX {
        return Err(LoadError::TooMuch("it has more than 1,000 images"));
    }
    let fitting = top.manifests.iter().filter(|descriptor| fits(descriptor, host));
    let offers: Vec<Offer> = fitting.map(|top| offer(archive, top, host)).collect::<Result<_, _>>()?;
    if offers.is_empty() {
        return Err(other_platforms(&top, host));
    }
    Ok(offers)
}

fn offer(archive: &Archive, top: &Descriptor, host: &Platform) -> Result<Offer, LoadError> {
    let mut blobs = Blobs::new();
    let manifest = manifest(archive, top, host, &mut blobs)?;
    let config = parse(&file(&manifest.config.digest), read_blob(archive, &manifest.config, &mut blobs)?)?;
    let diff_ids = diff_ids(config, manifest.layers.len(), host)?;
    let layers = manifest.layers.iter().zip(diff_ids).map(layer_source).collect::<Result<_, _>>()?;
    let names = name(top).into_iter().collect();
    Ok(Offer { digest: top.digest.clone(), names, config: manifest.config.digest, blobs, layers })
}

/// Follows indexes of variants down to the manifest for this host.
fn manifest(
    archive: &Archive,
    top: &Descriptor,
    host: &Platform,
    blobs: &mut Blobs,
) -> Result<Manifest, LoadError> {
    let mut descriptor = top.clone();
    for _ in 0..INDEX_DEPTH_MAX {
        let document = read_blob(archive, &descriptor, blobs)?;
        if !descriptor.is_index() {
            return parse(&file(&descriptor.digest), document);
        }
        let variants: Index = parse(&file(&descriptor.digest), document)?;
        descriptor = variant(&variants, host).cloned().ok_or_else(|| other_platforms(&variants, host))?;
    }
    Err(LoadError::TooMuch("its indexes are nested too deeply"))
}

/// The variant that says it is for this host goes before one that says nothing.
fn variant<'a>(variants: &'a Index, host: &Platform) -> Option<&'a Descriptor> {
    let exact = variants.manifests.iter().find(|variant| variant.platform.as_ref() == Some(host));
    exact.or_else(|| variants.manifests.iter().find(|variant| variant.platform.is_none()))
}

fn layer_source((layer, diff_id): (&Descriptor, Digest)) -> Result<LayerSource, LoadError> {
    if layer.is_foreign() {
        return Err(LoadError::Foreign(layer.digest.clone()));
    }
    Ok(LayerSource { file: file(&layer.digest), digest: Some(layer.digest.clone()), diff_id })
}

fn read_blob<'a>(
    archive: &Archive,
    descriptor: &Descriptor,
    blobs: &'a mut Blobs,
) -> Result<&'a [u8], LoadError> {
    let file = file(&descriptor.digest);
    let document = read_document(archive, &file)?;
    let found = Digest::of(&document);
    if found != descriptor.digest {
        return Err(LoadError::Digest { file, found });
    }
    Ok(blobs.entry(found).or_insert(document))
}

/// A bare word is a tag without a repository, which names nothing.
fn name(top: &Descriptor) -> Option<Reference> {
    let full = top.annotations.get(FULL_NAME);
    let name = full.or_else(|| top.annotations.get(REF_NAME).filter(|name| name.contains([':', '/'])));
    name?.parse().ok()
}

fn fits(descriptor: &Descriptor, host: &Platform) -> bool {
    descriptor.platform.as_ref().is_none_or(|platform| platform == host)
}

fn other_platforms(index: &Index, host: &Platform) -> LoadError {
    let platforms = index.manifests.iter().filter_map(|descriptor| descriptor.platform.as_ref());
    let found = platforms.map(Platform::to_string).collect::<Vec<_>>().join(", ");
    let found = if found.is_empty() { "nothing".to_owned() } else { found };
    LoadError::Platform { found, host: host.clone() }
}

fn file(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}
