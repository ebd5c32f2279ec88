//! What the engine says, in this crate's words.

use std::io;

use fjall::{Error as EngineError, LsmError};

use crate::{AppendError, BoxError, StoreError};

/// Why a commit was not acknowledged.
#[derive(Debug)]
pub(super) enum CommitError {
    /// The engine refused it before writing anything.
    NotWritten(BoxError),
    /// The log was being written or synced.
    Unknown(BoxError),
}

impl CommitError {
    /// After a failed write the engine refuses all others before it looks at them, with an error of its own.
    pub(super) fn of(error: EngineError) -> Self {
        if matches!(error, EngineError::Poisoned) {
            Self::NotWritten(error.into())
        } else {
            Self::Unknown(error.into())
        }
    }

    pub(super) fn into_append_error(self) -> AppendError {
        match self {
            Self::NotWritten(source) => AppendError::Failed(source),
            Self::Unknown(source) => AppendError::Unknown(source),
        }
    }

    pub(super) fn into_store_error(self, action: &'static str) -> StoreError {
        match self {
            Self::NotWritten(source) | Self::Unknown(source) => StoreError::Failed { action, source },
        }
    }
}

/// Translates what the engine says about anything but a commit.
pub(super) fn store_error(action: &'static str, error: EngineError) -> StoreError {
    if let EngineError::Io(io) | EngineError::Storage(LsmError::Io(io)) = &error
        && is_no_space(io)
    {
        return StoreError::NoSpace;
    }
    match damage(&error) {
        Some(what) => StoreError::Damaged { what, source: Some(error.into()) },
        None => StoreError::Failed { action, source: error.into() },
    }
}

/// True for the errors of a disk, or of a quota, that is used up.
fn is_no_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn damage(error: &EngineError) -> Option<&'static str> {
    use EngineError as E;
    if matches!(error, E::JournalRecovery(_) | E::Decompress(_) | E::InvalidTrailer | E::InvalidTag(_)) {
        return Some("the log or a table cannot be read");
    }
    matches!(error, E::Unrecoverable | E::InvalidVersion(_)).then_some("it cannot be recovered")
}
