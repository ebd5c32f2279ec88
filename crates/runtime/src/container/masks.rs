//! Parts of /proc and /sys that say or change too much about the host: Docker's lists.

use crate::failure::{Doing, Failure};
use crate::sys::mount::{Depth, attach, copy_of, copy_tree, make_read_only, new_filesystem};
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use rustix::mount::MountAttrFlags;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// Read as empty.
const HIDDEN: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// Cannot be written.
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Called inside the container's root, before anything of the image runs. What this kernel lacks is skipped.
pub(super) fn apply() -> Result<(), Failure> {
    let nothing = new_filesystem(
        "tmpfs",
        &[("size", Some("0"))],
        MountAttrFlags::MOUNT_ATTR_RDONLY
            | MountAttrFlags::MOUNT_ATTR_NOSUID
            | MountAttrFlags::MOUNT_ATTR_NODEV
            | MountAttrFlags::MOUNT_ATTR_NOEXEC,
    )
    .doing("make an empty folder")?;
    let null = copy_tree(Path::new("/dev/null")).doing("open /dev/null")?;
    for path in HIDDEN {
        hide(path, &nothing, &null).doing_with(|| format!("hide {path}"))?;
    }
    for path in READ_ONLY {
        protect(path).doing_with(|| format!("make {path} read-only"))?;
    }
    Ok(())
}

fn hide(path: &str, nothing: &OwnedFd, null: &OwnedFd) -> io::Result<()> {
    let Some(target) = existing(path)? else { return Ok(()) };
    let is_folder = FileType::from_raw_mode(fstat(&target)?.st_mode) == FileType::Directory;
    let cover = copy_of(if is_folder { nothing.as_fd() } else { null.as_fd() })?;
    attach(cover, target)
}

fn protect(path: &str) -> io::Result<()> {
    let Some(target) = existing(path)? else { return Ok(()) };
    let copy = copy_of(target.as_fd())?;
    make_read_only(&copy, Depth::Everything)?;
    attach(copy, target)
}

fn existing(path: &str) -> io::Result<Option<OwnedFd>> {
    match openat(CWD, path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) {
        Err(Errno::NOENT) => Ok(None),
        other => Ok(Some(other?)),
    }
}
