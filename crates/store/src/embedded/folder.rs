//! The data folder: made private, taken for one process, and kept in a state that the engine can open.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Advice, fadvise};

use super::error::store_error;
use crate::StoreError;

/// Rows may hold plain environment values: nobody but the owner reads them.
const FOLDER_MODE: u32 = 0o700;

/// The engine's folder inside the store's.
const ENGINE_FOLDER: &str = "engine";

/// Where the engine is made. Nothing in it was ever acknowledged.
const UNFINISHED_ENGINE_FOLDER: &str = "engine.unfinished";

/// A folder that this process has taken. It lets go of it when dropped, and when the process ends in any way.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Holds the lock while it is open.
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing, and takes it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| store_error("make the folder of", error.into());
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(failed)?;
        fs::set_permissions(path, fs::Permissions::from_mode(FOLDER_MODE)).map_err(failed)?;
        if let Some(parent) = path.canonicalize().map_err(failed)?.parent() {
            sync_folder(parent).map_err(failed)?;
        }
        let lock = File::options().create(true).append(true).open(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn engine_path(&self) -> PathBuf {
        self.path.join(ENGINE_FOLDER)
    }

    /// Makes the engine's folder if it is missing. The engine cannot open a folder that it was stopped making, so it is
    /// made under another name, which it loses when it is complete.
    pub(super) fn make_engine<E: From<io::Error>>(
        &self,
        make: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.engine_path().try_exists()? {
            return Ok(());
        }
        let unfinished = self.path.join(UNFINISHED_ENGINE_FOLDER);
        if unfinished.try_exists()? {
            fs::remove_dir_all(&unfinished)?;
        }
        make(&unfinished)?;
        fs::rename(&unfinished, self.engine_path())?;
        Ok(sync_folder(&self.path)?)
    }

    /// Makes the next read of the log come from the disk. After a failed sync the kernel may still show bytes that
    /// never reached it and take them for clean; what was read from such a page would vanish with the next power cut.
    /// Best effort: where it fails, reading the log will fail as well and say why.
    pub(super) fn forget_cached_writes(&self) {
        let Ok(files) = fs::read_dir(self.engine_path()) else { return };
        for file in files.flatten().filter(|file| file.path().extension().is_some_and(|ext| ext == "jnl")) {
            if let Ok(log) = File::open(file.path()) {
                fadvise(&log, 0, None, Advice::DontNeed).ok();
            }
        }
    }
}

/// Makes names that were given in a folder last through a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_taken_once() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b");
        let first = Folder::take(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, FOLDER_MODE);

        let second = Folder::take(&path).unwrap_err();
        assert_eq!(second.to_string(), format!("another gantry uses this data folder: {}", path.display()));

        drop(first);
        Folder::take(&path).unwrap();
    }

    #[test]
    fn an_engine_is_made_once_and_from_the_start() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::take(temp.path()).unwrap();
        let make = |file: &'static str, result: io::Result<()>| {
            folder.make_engine(|path| {
                fs::create_dir(path)?;
                fs::write(path.join(file), "")?;
                result
            })
        };
        make("first", Err(io::Error::other("stopped"))).unwrap_err();
        assert!(!folder.engine_path().exists());
        make("second", Ok(())).unwrap();
        make("third", Ok(())).unwrap();
        let files: Vec<_> =
            fs::read_dir(folder.engine_path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["second"]);
    }
}
