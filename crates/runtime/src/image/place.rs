//! One name in one open folder of a layer: everything that can be written there. The folder is a descriptor that was
//! opened inside the layer and the name has no slash, so nothing here can reach outside, whatever links there are.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, ResolveFlags, Timespec, Timestamps, Uid, XattrFlags, chmodat,
    chownat, fsetxattr, linkat, makedev, mkdirat, mknodat, openat, openat2, statat, symlinkat, unlinkat,
    utimensat,
};
use rustix::io::Errno;

use super::tarball::{Entry, Mtime};

/// Names inside a folder of the layer's lower layers that overlayfs shall not show.
/// Source: <https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories>.
const OPAQUE: (&str, &[u8]) = ("trusted.overlay.opaque", b"y");

/// Attributes that an image may bring. Others would speak to the host's kernel in the host's name: `trusted.overlay.*`
/// redirects an overlay, `security.*` but capabilities is the labels of a security module.
const CAPABILITIES: &[u8] = b"security.capability";
const FREE_ATTRIBUTES: &[u8] = b"user.";

/// Why a name of an archive is no place in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It starts at the root of the host.
    #[error("the name is absolute")]
    Absolute,
    /// It climbs.
    #[error("the name contains `..`")]
    Climbs,
    /// It has a zero byte.
    #[error("the name contains a zero byte")]
    Zero,
    /// It names the layer itself where a file in it is needed.
    #[error("the name is empty")]
    Empty,
}

/// A path inside a layer: relative, without `.` and `..`, without slashes at its ends; empty for the layer itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InnerPath(Vec<u8>);

/// A name in an open folder of a layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) folder: BorrowedFd<'a>,
    pub(super) name: &'a [u8],
}

impl InnerPath {
    pub(super) fn parse(path: &[u8]) -> Result<Self, PathError> {
        if path.starts_with(b"/") {
            return Err(PathError::Absolute);
        }
        if path.contains(&0) {
            return Err(PathError::Zero);
        }
        let parts: Vec<&[u8]> =
            path.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
        if parts.contains(&b"..".as_slice()) {
            return Err(PathError::Climbs);
        }
        Ok(Self(parts.join(&b'/')))
    }

    /// The folder and the name in it; `None` for the layer itself.
    pub(super) fn split(&self) -> Option<(InnerPath, &[u8])> {
        if self.0.is_empty() {
            return None;
        }
        match self.0.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => Some((Self(self.0[..slash].to_vec()), &self.0[slash + 1..])),
            None => Some((Self(Vec::new()), &self.0)),
        }
    }

    /// Opens the folder of this name below `root`. Links on the way are followed as if `root` were the root.
    pub(super) fn open_folder(&self, root: BorrowedFd<'_>) -> io::Result<OwnedFd> {
        let path = if self.0.is_empty() { b".".as_slice() } else { &self.0 };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS)?)
    }
}

impl Place<'_> {
    /// What is there now.
    pub(super) fn kind(&self) -> io::Result<Option<FileType>> {
        match statat(self.folder, self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the place empty.
    pub(super) fn clear(&self) -> io::Result<()> {
        match self.kind()? {
            None => Ok(()),
            Some(FileType::Directory) => {
                let folder = format!("/proc/self/fd/{}", self.folder.as_raw_fd());
                let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(self.name);
                fs::remove_dir_all(std::path::Path::new(&folder).join(name))
            }
            Some(_) => Ok(unlinkat(self.folder, self.name, AtFlags::empty())?),
        }
    }

    /// A new file with what `content` has.
    pub(super) fn make_file(&self, content: &mut impl Read) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(openat(self.folder, self.name, flags, Mode::RUSR | Mode::WUSR)?);
        io::copy(content, &mut file)?;
        Ok(())
    }

    /// A new folder.
    pub(super) fn make_folder(&self) -> io::Result<()> {
        Ok(mkdirat(self.folder, self.name, Mode::from_raw_mode(0o755))?)
    }

    /// A new symbolic link.
    pub(super) fn make_symlink(&self, target: &[u8]) -> io::Result<()> {
        Ok(symlinkat(target, self.folder, self.name)?)
    }

    /// A second name for the file at `target`.
    pub(super) fn make_hard_link(&self, target: Place<'_>) -> io::Result<()> {
        Ok(linkat(target.folder, target.name, self.folder, self.name, AtFlags::empty())?)
    }

    /// A new device or named pipe.
    pub(super) fn make_node(&self, kind: FileType, major: u32, minor: u32) -> io::Result<()> {
        Ok(mknodat(self.folder, self.name, kind, Mode::RUSR | Mode::WUSR, makedev(major, minor))?)
    }

    /// The mark that hides this name in the layers below.
    pub(super) fn make_whiteout(&self) -> io::Result<()> {
        self.make_node(FileType::CharacterDevice, 0, 0)
    }

    /// Whether the mark of [`Place::make_whiteout`] is here.
    pub(super) fn is_whiteout(&self) -> io::Result<bool> {
        match statat(self.folder, self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => {
                let is_device = FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice;
                Ok(is_device && stat.st_rdev == makedev(0, 0))
            }
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Hides everything that the layers below have in this folder.
    pub(super) fn make_opaque(&self) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        set_opaque(openat(self.folder, self.name, flags, Mode::empty())?.as_fd())
    }

    /// Owner, mode, attributes and time, in the one order that works: a change of the owner clears the set-id bits
    /// and the capabilities, and every change but its own moves the time.
    pub(super) fn set_properties(&self, entry: &Entry) -> io::Result<()> {
        let owner = (Some(Uid::from_raw(entry.uid)), Some(Gid::from_raw(entry.gid)));
        chownat(self.folder, self.name, owner.0, owner.1, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = self.kind()?;
        if kind != Some(FileType::Symlink) {
            // The name is not a link, so following it stays here; the call has no form that refuses links.
            chmodat(self.folder, self.name, Mode::from_raw_mode(entry.mode), AtFlags::empty())?;
        }
        if matches!(kind, Some(FileType::RegularFile | FileType::Directory)) {
            self.set_attributes(entry)?;
        }
        self.set_mtime(entry.mtime)
    }

    /// The time alone; for folders once nothing more is written into them.
    pub(super) fn set_mtime(&self, mtime: Mtime) -> io::Result<()> {
        let time = Timespec { tv_sec: mtime.seconds, tv_nsec: i64::from(mtime.nanoseconds) as _ };
        let times = Timestamps { last_access: time, last_modification: time };
        Ok(utimensat(self.folder, self.name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    fn set_attributes(&self, entry: &Entry) -> io::Result<()> {
        let kept = |name: &[u8]| name == CAPABILITIES || name.starts_with(FREE_ATTRIBUTES);
        let mut kept = entry.xattrs.iter().filter(|(name, _)| kept(name)).peekable();
        if kept.peek().is_none() {
            return Ok(());
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(self.folder, self.name, flags, Mode::empty())?;
        for (name, value) in kept {
            fsetxattr(&file, name.as_slice(), value, XattrFlags::empty())?;
        }
        Ok(())
    }
}

/// Hides everything that the layers below have in this folder.
pub(super) fn set_opaque(folder: BorrowedFd<'_>) -> io::Result<()> {
    Ok(fsetxattr(folder, OPAQUE.0, OPAQUE.1, XattrFlags::empty())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parsed(path: &str) -> String {
        String::from_utf8(InnerPath::parse(path.as_bytes()).unwrap().0).unwrap()
    }

    #[test]
    fn names_are_brought_to_one_form() {
        assert_eq!(parsed("./usr//bin/./sh/"), "usr/bin/sh");
        assert_eq!(parsed("./"), "");
        assert_eq!(parsed("a..b/...c"), "a..b/...c");
    }

    #[test]
    fn names_that_leave_the_layer_are_refused() {
        for (path, why) in [
            ("/etc/passwd", PathError::Absolute),
            ("../x", PathError::Climbs),
            ("a/../../x", PathError::Climbs),
            ("a/..", PathError::Climbs),
            ("a\0b", PathError::Zero),
        ] {
            assert_eq!(InnerPath::parse(path.as_bytes()), Err(why), "{path}");
        }
    }

    #[test]
    fn a_path_splits_into_folder_and_name() {
        let path = InnerPath::parse(b"a/b/c").unwrap();
        let (folder, name) = path.split().unwrap();
        assert_eq!((folder, name), (InnerPath(b"a/b".to_vec()), b"c".as_slice()));
        assert_eq!(InnerPath::parse(b".").unwrap().split(), None);
    }
}
