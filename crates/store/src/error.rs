//! What can go wrong, and whether trying again helps.

use std::error::Error;
use std::path::PathBuf;

use crate::Fence;

/// The cause below this crate's border, whatever the store is made of.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a batch was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The batch does not follow the last stored one. Nothing was written.
    #[error("batch {got} cannot be appended: the next one is {expected}")]
    OutOfOrder {
        /// The only sequence number that would be taken.
        expected: u64,
        /// The batch's.
        got: u64,
    },
    /// Another leader has acquired the store since. Nothing was written.
    #[error("fence {given:?} is not the current one, {current:?}")]
    Fenced {
        /// The caller's fence.
        given: Fence,
        /// The store's.
        current: Fence,
    },
    /// The batch is larger than any store takes. Nothing was written.
    #[error("{what}: {size} given, at most {max} allowed")]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// How much there is.
        size: usize,
        /// How much there may be.
        max: usize,
    },
    /// There is not enough space. Nothing was written, and the store works again by itself when there is space.
    #[error("no space is left for the store")]
    NoSpace,
    /// The store has refused the batch for a passing reason. Nothing was written.
    #[error("the batch could not be written")]
    Failed(#[source] BoxError),
    /// The batch may be stored or not. The store is closed until it is loaded again, which shows what holds.
    #[error("the batch was given to the disk, which failed before it was known to be durable")]
    Unknown(#[source] BoxError),
    /// The store was not loaded since it was made or since an append with an unknown outcome. Nothing was written.
    #[error("the store must be loaded before a batch can be appended")]
    NotLoaded,
}

/// When the same batch may be appended again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never: the batch, or the caller's right to write it, is wrong.
    Never,
    /// Any time: nothing was written, and the caller's view of the store still holds.
    Later,
    /// After [`Store::load`](crate::Store::load), if that shows that the batch is not stored.
    AfterLoad,
}

impl AppendError {
    /// When the same batch may be appended again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::OutOfOrder { .. } | Self::Fenced { .. } | Self::TooLarge { .. } => Retry::Never,
            Self::NoSpace | Self::Failed(_) => Retry::Later,
            Self::Unknown(_) | Self::NotLoaded => Retry::AfterLoad,
        }
    }
}

/// Why a store could not be opened, read, acquired or trimmed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store was not loaded since it was made or since it was closed by an error.
    #[error("the store must be loaded first")]
    NotLoaded,
    /// Another process has the folder open.
    #[error("another gantry uses this data folder: {0}")]
    Locked(PathBuf),
    /// Another leader has acquired the store since.
    #[error("fence {given:?} is not the current one, {current:?}")]
    Fenced {
        /// The caller's fence.
        given: Fence,
        /// The store's.
        current: Fence,
    },
    /// There is not enough space.
    #[error("no space is left for the store")]
    NoSpace,
    /// What is stored was written by a version with another format.
    #[error("the store has format {found}, this version reads format {known}")]
    Format {
        /// The stored format.
        found: u32,
        /// The format of this version.
        known: u32,
    },
    /// What is stored contradicts itself.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// The contradiction.
        what: &'static str,
        /// What the layer below says, if it was the one to notice.
        #[source]
        source: Option<BoxError>,
    },
    /// The layer below failed.
    #[error("cannot {action} the store")]
    Failed {
        /// What was tried, as a verb.
        action: &'static str,
        /// What the layer below says.
        #[source]
        source: BoxError,
    },
}

impl StoreError {
    /// True if the same call can succeed later: after a load, after somebody else has let go, or after the disk has
    /// recovered.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NotLoaded | Self::Locked(_) | Self::NoSpace | Self::Failed { .. } => true,
            Self::Fenced { .. } | Self::Format { .. } | Self::Damaged { .. } => false,
        }
    }
}
