//! The files of an archive of images by name, whether it is a folder or a tar file. Contents are read in place: no
//! copy of an archive is made. Names that lead out of the archive find nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::TarError;
use super::limits::{ARCHIVE_ENTRIES_MAX, ARCHIVE_LINKS_MAX};
use super::tarball::{Entry, Kind, Skip, TarReader};

/// An open archive.
#[derive(Debug)]
pub(super) enum Archive {
    Folder(OwnedFd),
    Tar { file: File, members: BTreeMap<PathBuf, Member> },
}

/// What a name in a tar file stands for.
#[derive(Debug)]
pub(super) enum Member {
    Content {
        offset: u64,
        size: u64,
    },
    /// Another name of the archive.
    Link(PathBuf),
}

/// A file whose contents need not be read to be passed over.
struct Seeking<'a>(&'a File);

/// A part of a file, read without moving the file's own position.
struct Window<'a> {
    file: &'a File,
    offset: u64,
    end: u64,
}

impl Archive {
    /// A folder such as `skopeo copy … oci:FOLDER` writes.
    pub(super) fn folder(path: &Path) -> io::Result<Self> {
        Ok(Self::Folder(File::open(path)?.into()))
    }

    /// A tar file; it is passed over once to find its members.
    pub(super) fn tar(file: File) -> Result<Self, TarError> {
        (&file).seek(SeekFrom::Start(0))?;
        let mut archive = TarReader::new(Seeking(&file));
        let mut members = BTreeMap::new();
        while let Some(entry) = archive.next()? {
            if members.len() == ARCHIVE_ENTRIES_MAX {
                return Err(TarError::Damaged("it has too many files for an archive of images"));
            }
            members.extend(member(&entry, archive.position()));
        }
        Ok(Self::Tar { file, members })
    }

    /// The content of one file, `None` when there is none of that name.
    pub(super) fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self {
            Self::Folder(folder) => open_in_folder(folder, name),
            Self::Tar { file, members } => Ok(open_in_tar(file, members, name)),
        }
    }

    pub(super) fn has(&self, name: &str) -> io::Result<bool> {
        Ok(self.open(name)?.is_some())
    }
}

fn member(entry: &Entry, offset: u64) -> Option<(PathBuf, Member)> {
    let name = normal(Path::new(std::str::from_utf8(&entry.path).ok()?))?;
    let link = |folder: &Path, target: &[u8]| {
        Some(Member::Link(normal(&folder.join(std::str::from_utf8(target).ok()?))?))
    };
    let member = match &entry.kind {
        Kind::File => Member::Content { offset, size: entry.size },
        Kind::Symlink(target) => link(name.parent().unwrap_or(Path::new("")), target)?,
        Kind::HardLink(target) => link(Path::new(""), target)?,
        Kind::Directory | Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => return None,
    };
    Some((name, member))
}

/// Without `.` and `..`; `None` when the name leaves the archive.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => normal.push(name),
            Component::CurDir => {}
            Component::ParentDir if normal.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

fn open_in_tar<'a>(
    file: &'a File,
    members: &BTreeMap<PathBuf, Member>,
    name: &str,
) -> Option<Box<dyn Read + 'a>> {
    let mut name = normal(Path::new(name))?;
    for _ in 0..ARCHIVE_LINKS_MAX {
        match members.get(&name)? {
            Member::Content { offset, size } => {
                return Some(Box::new(Window { file, offset: *offset, end: offset.saturating_add(*size) }));
            }
            Member::Link(target) => name.clone_from(target),
        }
    }
    None
}

fn open_in_folder(folder: &OwnedFd, name: &str) -> io::Result<Option<Box<dyn Read>>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match openat2(folder, name, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS) {
        Ok(file) => {
            let file = File::from(file);
            Ok(file.metadata()?.is_file().then(|| Box::new(file) as Box<dyn Read>))
        }
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::XDEV) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Read for Seeking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Skip for Seeking<'_> {
    fn skip(&mut self, count: u64) -> io::Result<()> {
        let count = i64::try_from(count).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        self.0.seek(SeekFrom::Current(count)).map(|_| ())
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.end.saturating_sub(self.offset).min(buffer.len() as u64) as usize;
        let count = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.offset += count as u64;
        Ok(count)
    }
}
