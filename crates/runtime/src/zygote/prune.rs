//! A mount namespace with little in it: each container's begins as a copy, and copying 2,000 mounts takes 2 ms.

use crate::failure::{Doing, Failure};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What supervisors and first processes use of the host by path.
const ALWAYS: [&str; 3] = ["/proc", "/dev", "/sys/fs/cgroup"];

/// Leaves the host's mount namespace for a copy with only the mounts that lead to `keep`, or lie below it.
pub(super) fn prune(keep: &[PathBuf]) -> Result<(), Failure> {
    // SAFETY: an integer argument; this process has one thread.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } != 0 {
        return Err(io::Error::last_os_error()).doing("leave the host's mount namespace");
    }
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .doing("separate its mounts from the host's")?;
    let table = std::fs::read("/proc/self/mountinfo").doing("read its mounts")?;
    let keep: Vec<&Path> = ALWAYS.iter().map(Path::new).chain(keep.iter().map(PathBuf::as_path)).collect();
    for point in mount_points(&table).iter().rev().filter(|point| !is_needed(point, &keep)) {
        // A mount that stays costs a little time per container, and one below another may be gone with it.
        let _ = unmount(point.as_path(), UnmountFlags::DETACH);
    }
    Ok(())
}

/// Above a kept path, or below it.
fn is_needed(point: &Path, keep: &[&Path]) -> bool {
    keep.iter().any(|kept| kept.starts_with(point) || point.starts_with(kept))
}

/// The fifth field of each line, in the order of mounting.
fn mount_points(table: &[u8]) -> Vec<PathBuf> {
    let fifth = |line: &[u8]| line.split(|byte| *byte == b' ').nth(4).map(unescape);
    table.split(|byte| *byte == b'\n').filter_map(fifth).collect()
}

/// The kernel writes blanks and backslashes as three octal digits.
fn unescape(field: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (first, byte) {
            (b'\\', Some(byte)) => {
                path.push(byte);
                rest = &after[3..];
            }
            _ => {
                path.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_from_the_table() {
        let table = b"22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:9 / /mnt/a\\040b rw - tmpfs x rw\n";
        assert_eq!(mount_points(table), [Path::new("/"), Path::new("/mnt/a b")]);
    }

    #[test]
    fn only_mounts_on_the_way_to_a_kept_path_or_below_it_are_needed() {
        let keep = [Path::new("/proc"), Path::new("/var/lib/gantry")];
        for needed in ["/", "/var", "/var/lib/gantry", "/var/lib/gantry/volumes", "/proc"] {
            assert!(is_needed(Path::new(needed), &keep), "{needed}");
        }
        for other in ["/home", "/var/lib/docker/overlay2/x/merged", "/var/lib/gantry2"] {
            assert!(!is_needed(Path::new(other), &keep), "{other}");
        }
    }
}
