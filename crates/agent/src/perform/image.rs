//! Images: those that are here, and those that must be brought.

use super::{Performer, blocking, failure};
use crate::signal;
use gantry_engine::{Failure, PulledImage};
use gantry_runtime::image::{Image, ImageStore, Reference};
use std::sync::Arc;

impl Performer {
    /// An image that is here is taken as it is; only others are pulled.
    pub(super) async fn pull(&self, name: &str) -> Result<PulledImage, Failure> {
        let reference = parse(name)?;
        let image = match self.resolve(&reference).await? {
            Some(image) => image,
            None => self.bring(reference).await?,
        };
        let stop_signal = image.config.stop_signal.as_deref().and_then(signal::number);
        Ok(PulledImage { digest: Some(image.digest.to_string()), stop_signal })
    }

    /// An image that was here a moment ago.
    pub(super) async fn image_here(&self, name: &str) -> Result<Image, Failure> {
        let gone = || Failure { text: format!("No such image: {name}"), retryable: false };
        self.resolve(&parse(name)?).await?.ok_or_else(gone)
    }

    async fn bring(&self, reference: Reference) -> Result<Image, Failure> {
        let _turn = self.pulls.acquire().await.expect("the semaphore is never closed");
        let (pull, wanted) = (self.pull.clone(), reference.clone());
        blocking(move || pull.pull(&wanted, &mut |_| {}).map_err(|error| failure(&error, false))).await??;
        let gone = || Failure { text: format!("No such image: {reference}"), retryable: false };
        self.resolve(&reference).await?.ok_or_else(gone)
    }

    async fn resolve(&self, reference: &Reference) -> Result<Option<Image>, Failure> {
        let (images, reference): (Arc<ImageStore>, _) = (self.images.clone(), reference.clone());
        blocking(move || images.resolve(&reference).map_err(|error| failure(&error, false))).await?
    }
}

fn parse(name: &str) -> Result<Reference, Failure> {
    name.parse().map_err(|error| failure(&error, false))
}
