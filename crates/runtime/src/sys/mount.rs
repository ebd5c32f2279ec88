//! Detached mounts (fsopen, fsmount, open_tree): made anywhere, seen nowhere until they are attached.

use rustix::fs::CWD;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// `AT_RECURSIVE` of open_tree(2) and mount_setattr(2); the libc crate lacks it.
const AT_RECURSIVE: i32 = 0x8000;

/// A new file system. An option without a value is a flag.
pub(crate) fn new_filesystem(
    kind: &str,
    options: &[(&str, Option<&str>)],
    attributes: MountAttrFlags,
) -> io::Result<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    // Without a source /proc/mounts shows "none", where programs expect the kind's name.
    fsconfig_set_string(&context, "source", kind)?;
    for (key, value) in options {
        match value {
            Some(value) => fsconfig_set_string(&context, *key, *value)?,
            None => fsconfig_set_flag(&context, *key)?,
        }
    }
    fsconfig_create(&context)?;
    Ok(fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

/// A copy of what is mounted at `path`, with everything below it.
pub(crate) fn copy_tree(path: &Path) -> io::Result<OwnedFd> {
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    Ok(open_tree(CWD, path, flags)?)
}

/// A copy of the one mount or file that `tree` names.
pub(crate) fn copy_of(tree: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_EMPTY_PATH
        | OpenTreeFlags::AT_RECURSIVE;
    Ok(open_tree(tree, "", flags)?)
}

/// Puts a detached mount onto the file or folder that `target` names.
pub(crate) fn attach(mount: impl AsFd, target: impl AsFd) -> io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    Ok(move_mount(mount, "", target, "", flags)?)
}

/// Whether what is mounted below is changed too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    ThisMount,
    Everything,
}

/// Nothing can be written through this mount any more.
pub(crate) fn make_read_only(mount: impl AsFd, depth: Depth) -> io::Result<()> {
    set_attributes(mount, depth, libc::MOUNT_ATTR_RDONLY, 0)
}

/// Mounts and unmounts no longer travel between this mount and those it was copied from.
pub(crate) fn make_private(mount: impl AsFd, depth: Depth) -> io::Result<()> {
    set_attributes(mount, depth, 0, libc::MS_PRIVATE)
}

fn set_attributes(mount: impl AsFd, depth: Depth, set: u64, propagation: u64) -> io::Result<()> {
    let attributes = libc::mount_attr { attr_set: set, attr_clr: 0, propagation, userns_fd: 0 };
    let recursive = if depth == Depth::Everything { AT_RECURSIVE } else { 0 };
    // SAFETY: a valid descriptor, an empty path, and a block of the size that is passed.
    let rc = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_fd().as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | recursive,
            &raw const attributes,
            size_of_val(&attributes),
        )
    };
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
