//! Unpacking one layer: a tar stream in, a folder ready for overlayfs out.
//!
//! Whiteouts become what overlayfs understands; devices, owners, modes, attributes, links and times are kept.
//! Nothing is written outside the folder, whatever the archive says. Does not know digests or compression.
//! Source: <https://github.com/opencontainers/image-spec/blob/main/layer.md>.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::FileType;

use super::limits::LAYER_ENTRIES_MAX;
use super::place::{InnerPath, PathError, Place, set_opaque};
use super::tarball::{Entry, Kind, Mtime, Stream, TarError, TarReader};

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Names that the union filesystem of the format's first days kept for itself; they say nothing about files.
const RESERVED: &[u8] = b".wh..wh.";

/// Why a layer cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The archive cannot be read.
    #[error("cannot read the layer")]
    Tar(#[from] TarError),
    /// A name in it leads elsewhere.
    #[error("the layer has a bad name `{path}`")]
    Path {
        /// As the archive has it.
        path: String,
        /// What is wrong with it.
        source: PathError,
    },
    /// A file cannot be made.
    #[error("cannot unpack `{path}`")]
    Write {
        /// As the archive has it.
        path: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// More files than any image has.
    #[error("the layer has more than {LAYER_ENTRIES_MAX} entries")]
    TooManyEntries,
}

/// Unpacks the tar stream `layer` into the folder `root`; returns the bytes of content.
pub(super) fn unpack(layer: impl Read, root: BorrowedFd<'_>) -> Result<u64, UnpackError> {
    let mut unpacker = Unpacker { root, folder: None, times: Vec::new() };
    let mut archive = TarReader::new(Stream(layer));
    let (mut bytes, mut entries) = (0, 0);
    while let Some(entry) = archive.next()? {
        entries += 1;
        if entries > LAYER_ENTRIES_MAX {
            return Err(UnpackError::TooManyEntries);
        }
        bytes += entry.size;
        unpacker.place(&entry, &mut archive).map_err(|error| error.of(&entry))?;
    }
    unpacker.settle_times()?;
    Ok(bytes)
}

/// What happened to one entry, before its name is added.
enum EntryError {
    Path(PathError),
    Write(io::Error),
}

struct Unpacker<'a> {
    root: BorrowedFd<'a>,
    /// The folder of the last entry, kept open because the next one is mostly in it.
    folder: Option<(InnerPath, OwnedFd)>,
    /// Folders get their time at the end: every file made in them moves it.
    times: Vec<(InnerPath, Mtime)>,
}

impl Unpacker<'_> {
    fn place(&mut self, entry: &Entry, content: &mut impl Read) -> Result<(), EntryError> {
        let path = InnerPath::parse(&entry.path)?;
        let Some((folder, name)) = path.split() else { return Ok(self.root_properties(entry)?) };
        let folder = self.open_folder(folder)?;
        let folder = folder.as_fd();
        if name == OPAQUE {
            return Ok(set_opaque(folder)?);
        }
        if name.starts_with(RESERVED) {
            return Ok(());
        }
        if let Some(hidden) = name.strip_prefix(WHITEOUT) {
            return hide(folder, hidden);
        }
        let replaced = self.make(Place { folder, name }, entry, content)?;
        if replaced {
            self.folder = None;
        }
        if entry.kind == Kind::Directory {
            self.times.push((path, entry.mtime));
        }
        Ok(())
    }

    /// Puts the entry where it belongs; tells whether something else was there before.
    fn make(&self, place: Place<'_>, entry: &Entry, content: &mut impl Read) -> Result<bool, EntryError> {
        let before = place.kind()?;
        let keeps = entry.kind == Kind::Directory && before == Some(FileType::Directory);
        let hides = before == Some(FileType::CharacterDevice) && place.is_whiteout()?;
        if before.is_some() && !keeps {
            place.clear()?;
        }
        match &entry.kind {
            Kind::File => place.make_file(content)?,
            Kind::Directory if keeps => {}
            Kind::Directory => place.make_folder()?,
            Kind::Symlink(target) => place.make_symlink(target)?,
            // A second name shares the properties of the first, which its own entry has set.
            Kind::HardLink(target) => return self.link(place, target).map(|()| before.is_some()),
            Kind::Character { major, minor } => place.make_node(FileType::CharacterDevice, *major, *minor)?,
            Kind::Block { major, minor } => place.make_node(FileType::BlockDevice, *major, *minor)?,
            Kind::Fifo => place.make_node(FileType::Fifo, 0, 0)?,
        }
        if hides && entry.kind == Kind::Directory {
            place.make_opaque()?;
        }
        place.set_properties(entry)?;
        Ok(before.is_some() && !keeps)
    }

    fn link(&self, place: Place<'_>, target: &[u8]) -> Result<(), EntryError> {
        let target = InnerPath::parse(target)?;
        let (folder, name) = target.split().ok_or(PathError::Empty)?;
        let folder = folder.open_folder(self.root)?;
        Ok(place.make_hard_link(Place { folder: folder.as_fd(), name })?)
    }

    /// A second descriptor of the folder, which is made when the archive has no entry for it.
    fn open_folder(&mut self, path: InnerPath) -> io::Result<OwnedFd> {
        if let Some((open, folder)) = &self.folder
            && *open == path
        {
            return folder.try_clone();
        }
        let folder = match path.open_folder(self.root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make_folders(&path)?,
            opened => opened?,
        };
        let second = folder.try_clone()?;
        self.folder = Some((path, folder));
        Ok(second)
    }

    fn make_folders(&self, path: &InnerPath) -> io::Result<OwnedFd> {
        if let Some((parent, name)) = path.split() {
            let parent = match parent.open_folder(self.root) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.make_folders(&parent)?,
                opened => opened?,
            };
            let place = Place { folder: parent.as_fd(), name };
            if place.kind()?.is_none() {
                place.make_folder()?;
            }
        }
        path.open_folder(self.root)
    }

    fn root_properties(&mut self, entry: &Entry) -> io::Result<()> {
        let place = Place { folder: self.root, name: b"." };
        place.set_properties(entry)?;
        self.times.push((InnerPath::parse(b"").expect("the empty path is the layer itself"), entry.mtime));
        Ok(())
    }

    /// A folder that a later entry replaced is gone, which is no error.
    fn settle_times(&self) -> Result<(), UnpackError> {
        for (path, mtime) in self.times.iter().rev() {
            let Ok(folder) = path.open_folder(self.root) else { continue };
            let place = Place { folder: folder.as_fd(), name: b"." };
            place.set_mtime(*mtime).map_err(|source| UnpackError::Write { path: ".".into(), source })?;
        }
        Ok(())
    }
}

/// Hides `name` in the layers below. What this layer itself has under the name stays, but a folder of it no longer
/// shows what is below.
fn hide(folder: BorrowedFd<'_>, name: &[u8]) -> Result<(), EntryError> {
    if matches!(name, b"" | b"." | b"..") {
        return Err(PathError::Empty.into());
    }
    let place = Place { folder, name };
    match place.kind()? {
        None => Ok(place.make_whiteout()?),
        Some(FileType::Directory) => Ok(place.make_opaque()?),
        Some(_) => Ok(()),
    }
}

impl EntryError {
    fn of(self, entry: &Entry) -> UnpackError {
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        match self {
            Self::Path(source) => UnpackError::Path { path, source },
            Self::Write(source) => UnpackError::Write { path, source },
        }
    }
}

impl From<PathError> for EntryError {
    fn from(error: PathError) -> Self {
        Self::Path(error)
    }
}

impl From<io::Error> for EntryError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}
