//! What can be made before the image and the command are known.

use super::devices;
use crate::cgroup::{CgroupMount, Hierarchy};
use crate::failure::{Doing, Failure};
use crate::shim::ContainerOrder;
use crate::sys::mount::{Depth, make_read_only, new_filesystem};
use rustix::fs::{Mode, mkdirat, symlinkat};
use rustix::mount::MountAttrFlags;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Mounts that belong to every container, waiting for a root. In the order of attaching; paths are relative.
pub(super) struct Stage {
    pub(super) mounts: Vec<(String, OwnedFd)>,
}

/// Attributes of the kernel's own file systems inside a container.
pub(super) fn harmless() -> MountAttrFlags {
    MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV | MountAttrFlags::MOUNT_ATTR_NOEXEC
}

/// Enters the cgroup and the namespaces and makes the kernel's file systems there.
pub(super) fn prepare(order: &ContainerOrder, netns: Option<OwnedFd>) -> Result<Stage, Failure> {
    // The shim may be protected from the kernel's search for memory; what it starts must not be.
    std::fs::write("/proc/self/oom_score_adj", "0").doing("reset the OOM score")?;
    let hierarchy = order.tree.hierarchy();
    enter_cgroup(hierarchy, order).doing("enter the cgroup")?;
    join_network(netns).doing("enter the network namespace")?;
    new_session().doing("start a session")?;
    let mut mounts = vec![
        ("proc".to_owned(), new_filesystem("proc", &[], harmless()).doing("make /proc")?),
        ("dev".to_owned(), devices::make().doing("make /dev")?),
        ("dev/pts".to_owned(), devices::terminals().doing("make /dev/pts")?),
        ("dev/mqueue".to_owned(), new_filesystem("mqueue", &[], harmless()).doing("make /dev/mqueue")?),
        ("sys".to_owned(), new_filesystem("sysfs", &[], read_only()).doing("make /sys")?),
    ];
    mounts.extend(cgroup_mounts(&hierarchy.mounts()).doing("make /sys/fs/cgroup")?);
    Ok(Stage { mounts })
}

fn read_only() -> MountAttrFlags {
    harmless() | MountAttrFlags::MOUNT_ATTR_RDONLY
}

fn enter_cgroup(hierarchy: &dyn Hierarchy, order: &ContainerOrder) -> io::Result<()> {
    hierarchy.enter(&order.group)?;
    unshare(libc::CLONE_NEWCGROUP)
}

fn join_network(netns: Option<OwnedFd>) -> io::Result<()> {
    match netns {
        Some(namespace) => {
            Ok(move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?)
        }
        None => {
            unshare(libc::CLONE_NEWNET)?;
            raise_loopback()
        }
    }
}

fn unshare(flag: i32) -> io::Result<()> {
    // SAFETY: an integer argument; this process has one thread.
    if unsafe { libc::unshare(flag) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A new network namespace has a loopback that is down.
fn raise_loopback() -> io::Result<()> {
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::DGRAM, None)?;
    // SAFETY: a block of plain data in which zero is valid; the name's end stays zero.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    // SAFETY: the request is complete and alive for the call, which reads it.
    let rc = unsafe {
        libc::ioctl(std::os::fd::AsRawFd::as_raw_fd(&socket), libc::SIOCSIFFLAGS as _, &raw const request)
    };
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A session and a keyring of its own, so that neither a terminal nor keys of the host are reachable.
fn new_session() -> io::Result<()> {
    rustix::process::setsid()?;
    const JOIN_SESSION_KEYRING: libc::c_int = 1;
    // SAFETY: a null name means a new anonymous keyring.
    let rc =
        unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, std::ptr::null::<libc::c_char>()) };
    match io::Error::last_os_error() {
        // A kernel without keyrings has none to hide.
        error if rc < 0 && error.raw_os_error() != Some(libc::ENOSYS) => Err(error),
        _ => Ok(()),
    }
}

/// Version 2 is one mount; version 1 a folder of them.
fn cgroup_mounts(wanted: &[CgroupMount]) -> io::Result<Vec<(String, OwnedFd)>> {
    const BASE: &str = "sys/fs/cgroup";
    let mut mounts = Vec::new();
    if wanted.iter().any(|mount| !mount.folder.is_empty()) {
        mounts.push((BASE.to_owned(), cgroup_folders(wanted)?));
    }
    for mount in wanted {
        let flags: Vec<_> = mount.flags.iter().map(|flag| (flag.as_str(), None)).collect();
        let target = format!("{BASE}/{}", mount.folder).trim_end_matches('/').to_owned();
        mounts.push((target, new_filesystem(mount.kind, &flags, read_only())?));
    }
    Ok(mounts)
}

fn cgroup_folders(wanted: &[CgroupMount]) -> io::Result<OwnedFd> {
    let folder = new_filesystem("tmpfs", &[("mode", Some("755"))], harmless())?;
    for mount in wanted {
        mkdirat(&folder, mount.folder.as_str(), Mode::from_raw_mode(0o755))?;
        // Programs look for each controller by its own name where several share a hierarchy.
        for name in mount.flags.iter().filter(|name| **name != mount.folder) {
            symlinkat(mount.folder.as_str(), &folder, name.as_str())?;
        }
    }
    make_read_only(&folder, Depth::ThisMount)?;
    Ok(folder)
}
