//! The least that durability can cost: the bytes of a record appended to a file, and the file synced.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// A file that grows by records of one size.
pub(crate) struct Disk {
    file: File,
    record: Vec<u8>,
}

impl Disk {
    /// A new file in a folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(folder: &Path, record_bytes: usize) -> Result<Self> {
        let file = File::create_new(folder.join("appended")).context("cannot make a file")?;
        Ok(Self { file, record: vec![7; record_bytes] })
    }

    /// Appends a record durably (`fdatasync`).
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn append(&mut self) -> Result<Duration> {
        let began = Instant::now();
        self.file.write_all(&self.record).and_then(|()| self.file.sync_data()).context("cannot append")?;
        Ok(began.elapsed())
    }
}
