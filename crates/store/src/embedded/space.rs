//! How much space must be free before anything is written.
//!
//! The engine survives a full disk, but only by being closed and opened again, and the write that hit the end has an
//! unknown outcome. So the store stops a little earlier, with a clean refusal, and keeps that little for the engine's
//! own work in the background.

use std::path::Path;

use crate::StoreError;

/// Free space below which no batch is taken: room for the memtables to be written and for one merge of tables.
pub const WRITE_FLOOR_BYTES: u64 = 32 * 1024 * 1024;

/// Files that must still fit, for the same work. File systems without a fixed number of files report none at all.
const FREE_FILES_MIN: u64 = 64;

/// Refuses to go on if less than this is free on the file system of the folder.
pub(super) fn check(folder: &Path, floor_bytes: u64) -> Result<(), StoreError> {
    let stat = rustix::fs::statvfs(folder)
        .map_err(|error| StoreError::Failed { action: "measure the space for", source: error.into() })?;
    let few_files = stat.f_files > 0 && stat.f_favail < FREE_FILES_MIN;
    let few_bytes = stat.f_bavail.saturating_mul(stat.f_frsize) < floor_bytes;
    if few_files || few_bytes { Err(StoreError::NoSpace) } else { Ok(()) }
}
