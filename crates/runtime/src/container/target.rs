//! Finding places inside an image, which nobody has vetted: every symbolic link in it may be hostile.

use rustix::fs::{Mode, OFlags, PROC_SUPER_MAGIC, ResolveFlags, fstatfs, mkdirat, openat, openat2};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What to make where nothing is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Folder,
    File,
}

/// A place for the kernel's own file systems: a folder, on a path without any symbolic link. An image whose /proc is a
/// link must not decide what is covered.
pub(super) fn plain_folder(root: BorrowedFd<'_>, path: &str) -> io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let found =
        find_or_make(root, path, Missing::Folder, resolve).map_err(|error| {
            match Errno::from_io_error(&error) {
                Some(Errno::LOOP) => io::Error::other("the image has a symbolic link in its place"),
                _ => error,
            }
        })?;
    Ok(openat(found, ".", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// A place for something of the host's: links are followed as the container would follow them, with the image's root
/// as the end of the world. Nothing may cover a part of /proc.
pub(super) fn place(root: BorrowedFd<'_>, path: &str, missing: Missing) -> io::Result<OwnedFd> {
    let found = find_or_make(root, path, missing, ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS)?;
    if fstatfs(&found)?.f_type == PROC_SUPER_MAGIC {
        return Err(io::Error::other("nothing can be mounted inside /proc"));
    }
    Ok(found)
}

fn find_or_make(
    root: BorrowedFd<'_>,
    path: &str,
    missing: Missing,
    resolve: ResolveFlags,
) -> io::Result<OwnedFd> {
    let open = |path: &str| openat2(root, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), resolve);
    let path = path.trim_start_matches('/');
    let path = if path.is_empty() { "." } else { path };
    match open(path) {
        Err(Errno::NOENT) => {}
        other => return Ok(other?),
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut here = root.try_clone_to_owned()?;
    for (index, part) in parts.iter().enumerate() {
        let so_far = parts[..=index].join("/");
        here = match open(&so_far) {
            Err(Errno::NOENT) => {
                let last = index + 1 == parts.len();
                make(here.as_fd(), part, if last { missing } else { Missing::Folder })?;
                open(&so_far)?
            }
            other => other?,
        };
    }
    Ok(here)
}

/// Fails on a dangling link, which is there and leads nowhere.
fn make(folder: BorrowedFd<'_>, name: &str, kind: Missing) -> io::Result<()> {
    let mode = Mode::from_raw_mode(0o755);
    match kind {
        Missing::Folder => Ok(mkdirat(folder, name, mode)?),
        Missing::File => {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            openat(folder, name, flags, mode)?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    fn image() -> (tempfile::TempDir, File) {
        let dir = tempfile::tempdir().unwrap();
        let root = File::open(dir.path()).unwrap();
        (dir, root)
    }

    fn path_of(fd: &OwnedFd) -> PathBuf {
        use std::os::fd::AsRawFd;
        fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap()
    }

    #[test]
    fn what_is_missing_is_made() {
        let (dir, root) = image();
        place(root.as_fd(), "/etc/deep/hosts", Missing::File).unwrap();
        assert!(dir.path().join("etc/deep/hosts").is_file());
        plain_folder(root.as_fd(), "sys/fs/cgroup").unwrap();
        assert!(dir.path().join("sys/fs/cgroup").is_dir());
    }

    #[test]
    fn a_link_ends_at_the_image_s_root() {
        let (dir, root) = image();
        fs::create_dir(dir.path().join("data")).unwrap();
        symlink("/data", dir.path().join("absolute")).unwrap();
        symlink("../../../../../../data", dir.path().join("upwards")).unwrap();
        for link in ["/absolute", "/upwards", "/absolute/../data"] {
            let found = place(root.as_fd(), link, Missing::Folder).unwrap();
            assert_eq!(path_of(&found), dir.path().canonicalize().unwrap().join("data"), "{link}");
        }
        let found = place(root.as_fd(), "/absolute/new/file", Missing::File).unwrap();
        assert!(path_of(&found).ends_with("data/new/file"));
    }

    #[test]
    fn a_linked_proc_and_a_dangling_link_are_refused() {
        let (dir, root) = image();
        symlink("/", dir.path().join("proc")).unwrap();
        let error = plain_folder(root.as_fd(), "proc").unwrap_err();
        assert!(error.to_string().contains("symbolic link"), "{error}");
        symlink("/nowhere", dir.path().join("dangling")).unwrap();
        assert!(place(root.as_fd(), "/dangling", Missing::Folder).is_err());
    }

    #[test]
    fn proc_cannot_be_covered() {
        let host = File::open("/").unwrap();
        let error = place(host.as_fd(), "/proc/sys", Missing::Folder).unwrap_err();
        assert!(error.to_string().contains("/proc"), "{error}");
    }
}
