//! Mounts that a specification asks for: files and folders of the host, temporary file systems.

use super::target::{Missing, place};
use crate::api::{ContainerSpec, TmpfsMount};
use crate::failure::{Doing, Failure};
use crate::sys::mount::{attach, new_filesystem};
use rustix::fs::{FileType, fstat};
use rustix::mount::MountAttrFlags;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Attaches all of them, outer folders before what lies in them.
///
/// `host_mounts` are the detached copies of `spec.mounts`, in that order: their sources are paths in the agent's view,
/// which this process does not have.
pub(super) fn attach_wishes(
    root: BorrowedFd<'_>,
    spec: &ContainerSpec,
    host_mounts: Vec<OwnedFd>,
) -> Result<(), Failure> {
    let mut wishes: Vec<(&str, OwnedFd)> = Vec::new();
    for wish in &spec.tmpfs {
        let made = temporary(wish).doing_with(|| format!("make a tmpfs for {}", wish.target))?;
        wishes.push((&wish.target, made));
    }
    wishes.extend(spec.mounts.iter().map(|wish| wish.target.as_str()).zip(host_mounts));
    wishes.sort_by_key(|(target, _)| depth(target));
    for (target, mount) in wishes {
        attach_one(root, target, mount.as_fd()).doing_with(|| format!("mount {target}"))?;
    }
    Ok(())
}

fn attach_one(root: BorrowedFd<'_>, target: &str, mount: BorrowedFd<'_>) -> io::Result<()> {
    let is_folder = FileType::from_raw_mode(fstat(mount)?.st_mode) == FileType::Directory;
    let missing = if is_folder { Missing::Folder } else { Missing::File };
    attach(mount, place(root, target, missing)?)
}

fn temporary(wish: &TmpfsMount) -> io::Result<OwnedFd> {
    let mut attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    if !wish.executable {
        attributes |= MountAttrFlags::MOUNT_ATTR_NOEXEC;
    }
    let size = wish.bytes_max.to_string();
    new_filesystem("tmpfs", &[("mode", Some("1777")), ("size", Some(&size))], attributes)
}

fn depth(target: &str) -> usize {
    target.split('/').filter(|part| !part.is_empty()).count()
}
