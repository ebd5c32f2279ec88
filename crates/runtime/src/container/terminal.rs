//! Terminals made inside a container, where every name may be a trap: what is opened is checked to be what it should.

use crate::failure::{Doing, Failure};
use crate::sys::mount::{attach, copy_of};
use rustix::fs::{CWD, FsWord, Mode, OFlags, fstat, fstatfs, makedev, openat};
use rustix::process::{ioctl_tiocsctty, setsid};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// `DEVPTS_SUPER_MAGIC` of linux/magic.h.
const DEVPTS: FsWord = 0x1cd1;

/// Both sides of a new terminal.
pub(crate) struct Terminal {
    master: OwnedFd,
    slave: OwnedFd,
}

/// A terminal of the container that this process is in.
pub(crate) fn open() -> io::Result<Terminal> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let master = openat(CWD, "/dev/pts/ptmx", flags, Mode::empty())?;
    let is_ptmx = fstatfs(&master)?.f_type == DEVPTS && fstat(&master)?.st_rdev == makedev(5, 2);
    if !is_ptmx {
        return Err(io::Error::other("/dev/pts/ptmx is not the kernel's"));
    }
    unlockpt(&master)?;
    let slave = ioctl_tiocgptpeer(&master, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    Ok(Terminal { master, slave })
}

/// The terminal of a container's first process, which is also its /dev/console.
pub(super) fn console() -> Result<Terminal, Failure> {
    let terminal = open().doing("make a terminal")?;
    let place = || -> io::Result<()> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let target = openat(CWD, "/dev/console", flags, Mode::from_raw_mode(0o600))?;
        attach(copy_of(terminal.slave.as_fd())?, target)
    };
    place().doing("make /dev/console")?;
    Ok(terminal)
}

impl Terminal {
    /// Makes it this process's own, in place of standard input, output and error. Gives back the master side.
    pub(crate) fn adopt(self) -> Result<OwnedFd, Failure> {
        // A process that leads a session already keeps it.
        let _ = setsid();
        ioctl_tiocsctty(&self.slave).doing("take the terminal")?;
        for number in 0..=2 {
            // SAFETY: the three standard descriptors of this process are nobody's OwnedFd.
            if unsafe { libc::dup2(self.slave.as_raw_fd(), number) } < 0 {
                return Err(io::Error::last_os_error()).doing("connect the terminal");
            }
        }
        Ok(self.master)
    }
}
