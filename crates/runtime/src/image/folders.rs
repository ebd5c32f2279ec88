//! The folders and locks of a store on disk. Knows where things are and how several processes share them; does not
//! know what images are.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FlockOperation, flock, syncfs};
use rustix::io::Errno;

use super::Digest;

/// The store is nobody else's business; each layer's own top folder has the mode that the image gives it.
const PRIVATE: u32 = 0o700;

/// The root folder of an image, which any user of a container passes through.
const PUBLIC: u32 = 0o755;

/// Two processes may start with the same id in different pid namespaces; trying the next number settles it.
const SCRATCH_TRIES: usize = 1_000;

/// Where a store keeps its things.
#[derive(Debug)]
pub(super) struct Folders {
    top: PathBuf,
}

/// A folder for unfinished work; it goes with the value, or with the process.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    /// Locked for as long as somebody works here.
    _lock: File,
}

/// A claim on the store or its index, among threads and processes; given back when dropped.
#[derive(Debug)]
pub(super) struct StoreLock {
    _file: File,
}

impl Folders {
    /// Makes what is missing and removes unfinished work of processes that are gone.
    pub(super) fn open(top: &Path) -> io::Result<Self> {
        let folders = Self { top: top.to_owned() };
        for folder in [top, &folders.blobs(), &folders.layers(), &folders.work()] {
            DirBuilder::new().recursive(true).mode(PRIVATE).create(folder)?;
        }
        DirBuilder::new().recursive(true).mode(PUBLIC).create(folders.empty_layer())?;
        folders.sweep()?;
        Ok(folders)
    }

    pub(super) fn index(&self) -> PathBuf {
        self.top.join("index.json")
    }

    pub(super) fn layers(&self) -> PathBuf {
        self.top.join("layers")
    }

    pub(super) fn layer(&self, diff_id: &Digest) -> PathBuf {
        self.layers().join(diff_id.hex())
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.top.join("blobs/sha256")
    }

    pub(super) fn blob(&self, digest: &Digest) -> PathBuf {
        self.blobs().join(digest.hex())
    }

    fn work(&self) -> PathBuf {
        self.top.join("tmp")
    }

    /// Layers that appear from now on stay until the lock is dropped.
    pub(super) fn lock_for_load(&self) -> io::Result<StoreLock> {
        self.lock("lock", FlockOperation::LockShared)
    }

    /// Nobody loads until the lock is dropped.
    pub(super) fn lock_for_collect(&self) -> io::Result<StoreLock> {
        self.lock("lock", FlockOperation::LockExclusive)
    }

    /// Nobody else replaces the index until the lock is dropped.
    pub(super) fn lock_index(&self) -> io::Result<StoreLock> {
        self.lock("index.lock", FlockOperation::LockExclusive)
    }

    fn lock(&self, name: &str, operation: FlockOperation) -> io::Result<StoreLock> {
        let path = self.top.join(name);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        rustix::io::retry_on_intr(|| flock(&file, operation))?;
        Ok(StoreLock { _file: file })
    }

    /// A folder for unfinished work.
    pub(super) fn scratch(&self) -> io::Result<Scratch> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        for _ in 0..SCRATCH_TRIES {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = self.work().join(format!("{}-{number}", std::process::id()));
            match DirBuilder::new().mode(PRIVATE).create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            // A sweep of another process may have come between making and locking.
            if let Some(lock) = lock_folder(&path)? {
                return Ok(Scratch { path, _lock: lock });
            }
        }
        Err(io::Error::other("no free name for a folder of unfinished work"))
    }

    /// A file without a name, gone when it is closed.
    pub(super) fn unnamed_file(&self) -> io::Result<File> {
        let scratch = self.scratch()?;
        OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(scratch.path().join("file"))
    }

    /// A layer without files, for images that have no layer at all.
    pub(super) fn empty_layer(&self) -> PathBuf {
        self.top.join("empty")
    }

    /// Names of everything that stands under `layers` or `blobs`.
    pub(super) fn names_in(folder: &Path) -> io::Result<BTreeSet<String>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    /// Removes a complete layer. Its name goes first, so that nobody ever sees a part of it.
    pub(super) fn remove_layer(&self, name: &str) -> io::Result<()> {
        let scratch = self.scratch()?;
        fs::rename(self.layers().join(name), scratch.path().join("layer"))
    }

    /// Writes a whole file so that it is either there with all its content or not at all, even when the host stops.
    pub(super) fn write_whole(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let scratch = self.scratch()?;
        let unfinished = scratch.path().join("file");
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        sync_folder(path.parent().expect("every file of a store is in one of its folders"))
    }

    fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.work())? {
            let path = entry?.path();
            if lock_folder(&path)?.is_some() {
                tracing::info!(path = %path.display(), "removing unfinished work of a process that is gone");
                remove_tree(&path)?;
            }
        }
        Ok(())
    }
}

impl Scratch {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings everything written here, and all else of the file system, to the disk: one call, not one per file.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(syncfs(File::open(&self.path)?)?)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove_tree(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "unfinished work stays until the next start");
        }
    }
}

/// Brings the names in a folder to the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a folder with all that is in it; one that is not there is as good as removed.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// `None` when somebody else has the lock, or has removed the folder.
fn lock_folder(path: &Path) -> io::Result<Option<File>> {
    let folder = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match flock(folder.as_fd(), FlockOperation::NonBlockingLockExclusive) {
        Ok(()) if folder.metadata()?.nlink() > 0 => Ok(Some(folder)),
        Ok(()) | Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
