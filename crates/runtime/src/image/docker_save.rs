//! The images of an archive of older `docker save` (`manifest.json`): plain layers, named by files.
//! Source: <https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format>.

use super::archive::Archive;
use super::layer::LayerSource;
use super::limits::IMAGES_MAX;
use super::load::{LoadError, Offer, diff_ids, parse, read_document};
use super::manifest::SavedImage;
use super::{Digest, Platform, Reference};

const TOP: &str = "manifest.json";

/// The images of the archive. It has no manifests of the standard, so the digest of an image is that of its
/// configuration, which Docker calls the image's id.
pub(super) fn offers(archive: &Archive, host: &Platform) -> Result<Vec<Offer>, LoadError> {
    let images: Vec<SavedImage> = parse(TOP, &read_document(archive, TOP)?)?;
    if images.len() > IMAGES_MAX {
        return Err(LoadError::TooMuch("it has more than 1,000 images"));
    }
    images.into_iter().map(|image| offer(archive, image, host)).collect()
}

fn offer(archive: &Archive, image: SavedImage, host: &Platform) -> Result<Offer, LoadError> {
    let document = read_document(archive, &image.config)?;
    let digest = Digest::of(&document);
    check_name(&image.config, &digest)?;
    let diff_ids = diff_ids(parse(&image.config, &document)?, image.layers.len(), host)?;
    let layers = image.layers.into_iter().zip(diff_ids);
    Ok(Offer {
        names: image.repo_tags.iter().flatten().filter_map(|tag| tag.parse::<Reference>().ok()).collect(),
        config: digest.clone(),
        blobs: [(digest.clone(), document)].into(),
        layers: layers.map(|(file, diff_id)| LayerSource { file, digest: None, diff_id }).collect(),
        digest,
    })
}

/// The file of a configuration is called by its digest, `<hex>.json` or `blobs/sha256/<hex>`.
fn check_name(file: &str, found: &Digest) -> Result<(), LoadError> {
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".json");
    let stated = format!("sha256:{stem}").parse::<Digest>();
    match stated {
        Ok(stated) if stated != *found => {
            Err(LoadError::Digest { file: file.to_owned(), found: found.clone() })
        }
        Ok(_) | Err(_) => Ok(()),
    }
}
