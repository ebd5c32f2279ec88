//! The place where registries plug in: how an image that is not here gets here, and how that ends badly.
//!
//! Today there is one implementation, [`NoRegistry`], which knows no registry and says so as a registry would.

use super::{Digest, LoadError, Reference};

/// Where a pull stands. States only move forward; `Downloading` repeats with larger numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullState {
    /// The registry is asked what the name means.
    Resolving,
    /// Layers are coming in.
    Downloading {
        /// Compressed bytes that have come.
        bytes: u64,
        /// Compressed bytes of all missing layers.
        bytes_total: u64,
    },
    /// All layers have come; the last ones are being unpacked.
    Unpacking,
}

/// A source of images.
pub trait Pull: Send + Sync {
    /// Brings the image into the store and returns its digest. Blocks for as long as it takes; calls `watch` at each
    /// step.
    fn pull(&self, reference: &Reference, watch: &mut dyn FnMut(PullState)) -> Result<Digest, PullError>;
}

/// Why an image did not come. The texts are those that ECS shows.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// Nobody has it.
    #[error(
        "pull image manifest has been retried 1 time(s): failed to resolve ref {reference}: {reference}: not found"
    )]
    NotFound {
        /// The full name.
        reference: Reference,
    },
    /// It came and could not be stored.
    #[error("failed to store {reference}")]
    Store {
        /// The full name.
        reference: Reference,
        /// What went wrong.
        source: Box<LoadError>,
    },
}

impl PullError {
    /// The name that ECS gives this failure, as the first word of a container's reason.
    pub const NAME: &'static str = "CannotPullContainerError";

    /// The reason of the container that needed the image.
    pub fn reason(&self) -> String {
        format!("{}: {self}", Self::NAME)
    }
}

/// The source of an installation that knows no registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRegistry;

impl Pull for NoRegistry {
    fn pull(&self, reference: &Reference, watch: &mut dyn FnMut(PullState)) -> Result<Digest, PullError> {
        watch(PullState::Resolving);
        Err(PullError::NotFound { reference: reference.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_image_reads_as_on_ecs() {
        let reference = "x".parse().unwrap();
        let mut states = Vec::new();
        let error = NoRegistry.pull(&reference, &mut |state| states.push(state)).unwrap_err();
        assert_eq!(states, [PullState::Resolving]);
        assert_eq!(
            error.reason(),
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
             docker.io/library/x:latest: docker.io/library/x:latest: not found"
        );
    }
}
