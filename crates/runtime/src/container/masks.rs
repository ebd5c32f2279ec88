//! Parts of /proc and /sys that say or change too much about the host: Docker's lists.

use super::prepare::harmless;
use crate::failure::{Doing, Failure};
use crate::sys::mount::{Depth, attach, copy_of, make_read_only, new_filesystem};
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use rustix::mount::MountAttrFlags;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

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
    let mut covers = Covers::new().doing("make an empty folder and an empty file")?;
    for path in HIDDEN {
        hide(path, &mut covers).doing_with(|| format!("hide {path}"))?;
    }
    for path in READ_ONLY {
        protect(path).doing_with(|| format!("make {path} read-only"))?;
    }
    Ok(())
}

/// What lies on top of what is hidden.
struct Covers {
    folder: OwnedFd,
    folder_is_attached: bool,
    file: OwnedFd,
}

impl Covers {
    fn new() -> io::Result<Covers> {
        let attributes = harmless() | MountAttrFlags::MOUNT_ATTR_RDONLY;
        let folder = new_filesystem("tmpfs", &[("size", Some("0"))], attributes)?;
        let file = openat(CWD, "/dev/null", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Covers { folder, folder_is_attached: false, file })
    }

    /// Kernels before 6.15 copy only what is attached somewhere: the first folder gets the file system itself, the
    /// others get copies of that mount.
    fn hide_folder(&mut self, target: OwnedFd) -> io::Result<()> {
        if self.folder_is_attached {
            return attach(copy_of(self.folder.as_fd())?, target);
        }
        attach(&self.folder, target)?;
        self.folder_is_attached = true;
        Ok(())
    }
}

fn hide(path: &str, covers: &mut Covers) -> io::Result<()> {
    let Some(target) = existing(path)? else { return Ok(()) };
    if FileType::from_raw_mode(fstat(&target)?.st_mode) == FileType::Directory {
        return covers.hide_folder(target);
    }
    attach(copy_of(covers.file.as_fd())?, target)
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
