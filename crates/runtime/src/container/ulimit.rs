//! Per-process limits.

use crate::api::Ulimit;
use crate::failure::{NOT_STARTED, NotExecuted, plain};
use std::io;

/// Names as in Docker and ECS.
const NAMES: [(&str, u32); 15] = [
    ("core", libc::RLIMIT_CORE),
    ("cpu", libc::RLIMIT_CPU),
    ("data", libc::RLIMIT_DATA),
    ("fsize", libc::RLIMIT_FSIZE),
    ("locks", libc::RLIMIT_LOCKS),
    ("memlock", libc::RLIMIT_MEMLOCK),
    ("msgqueue", libc::RLIMIT_MSGQUEUE),
    ("nice", libc::RLIMIT_NICE),
    ("nofile", libc::RLIMIT_NOFILE),
    ("nproc", libc::RLIMIT_NPROC),
    ("rss", libc::RLIMIT_RSS),
    ("rtprio", libc::RLIMIT_RTPRIO),
    ("rttime", libc::RLIMIT_RTTIME),
    ("sigpending", libc::RLIMIT_SIGPENDING),
    ("stack", libc::RLIMIT_STACK),
];

/// Whether a limit of this name exists.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name)
}

/// Applies all of them to this process.
pub(super) fn apply(limits: &[Ulimit]) -> Result<(), NotExecuted> {
    for limit in limits {
        set(limit).map_err(|error| {
            let Ulimit { name, soft, hard } = limit;
            let message = format!("setting ulimit {name}={soft}:{hard} failed: {}", plain(&error));
            NotExecuted::new(NOT_STARTED, message)
        })?;
    }
    Ok(())
}

fn set(limit: &Ulimit) -> io::Result<()> {
    let known = NAMES.iter().find(|(name, _)| *name == limit.name);
    let (_, resource) = known.ok_or_else(|| io::Error::other("there is no such limit"))?;
    let values = libc::rlimit { rlim_cur: limit.soft, rlim_max: limit.hard };
    // SAFETY: `values` is alive for the call, which reads it.
    let rc = unsafe { libc::prlimit(0, *resource as _, &raw const values, std::ptr::null_mut()) };
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
