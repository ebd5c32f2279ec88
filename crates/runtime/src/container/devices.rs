//! /dev of a container.

use super::prepare::harmless;
use crate::sys::mount::new_filesystem;
use rustix::fs::{FileType, Mode, makedev, mkdirat, mknodat, symlinkat};
use rustix::mount::MountAttrFlags;
use rustix::process::umask;
use std::io;
use std::os::fd::OwnedFd;

/// Name, major and minor number.
const NODES: [(&str, u32, u32); 6] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

const LINKS: [(&str, &str); 6] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
    ("core", "/proc/kcore"),
];

/// Where other file systems go.
const FOLDERS: [&str; 3] = ["pts", "shm", "mqueue"];

/// Devices that a container needs and that hurt nobody.
pub(super) fn make() -> io::Result<OwnedFd> {
    let options = [("mode", Some("755")), ("size", Some("65536k"))];
    let dev = new_filesystem("tmpfs", &options, MountAttrFlags::MOUNT_ATTR_NOSUID)?;
    let mask = umask(Mode::empty());
    let filled = fill(&dev);
    umask(mask);
    filled.map(|()| dev)
}

fn fill(dev: &OwnedFd) -> io::Result<()> {
    for (name, major, minor) in NODES {
        let everybody = Mode::from_raw_mode(0o666);
        mknodat(dev, name, FileType::CharacterDevice, everybody, makedev(major, minor))?;
    }
    for (name, to) in LINKS {
        symlinkat(to, dev, name)?;
    }
    for folder in FOLDERS {
        mkdirat(dev, folder, Mode::from_raw_mode(0o755))?;
    }
    Ok(())
}

/// Terminals of this container only. Group 5 is `tty` in every distribution.
pub(super) fn terminals() -> io::Result<OwnedFd> {
    let options = [("ptmxmode", Some("0666")), ("mode", Some("0620")), ("gid", Some("5"))];
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    new_filesystem("devpts", &options, attributes)
}

/// /dev/shm.
pub(super) fn shared_memory(bytes: u64) -> io::Result<OwnedFd> {
    let size = bytes.to_string();
    new_filesystem("tmpfs", &[("mode", Some("1777")), ("size", Some(&size))], harmless())
}
