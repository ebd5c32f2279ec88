//! Network namespaces as descriptors: make one, or run a closure inside one.
//!
//! Each entry happens on a thread of its own that ends afterwards, so no other code ever runs in the wrong
//! namespace. Sockets made inside stay inside, wherever they are used.

use std::fs;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, open};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

/// What Docker sets in every namespace it makes, so that a process without privileges may listen on port 80 and
/// send pings, as images made for Docker expect.
const SETTINGS: [(&str, &str); 2] = [
    ("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"),
    ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647"),
];

/// A fresh namespace, and what `inside` returns when it runs there.
pub(super) fn make<T: Send>(inside: impl FnOnce() -> io::Result<T> + Send) -> io::Result<(OwnedFd, T)> {
    on_own_thread(|| {
        // SAFETY: the flag affects this thread's network only, and the thread ends with this closure.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET)? };
        for (path, value) in SETTINGS {
            fs::write(path, value)?;
        }
        let namespace = open("/proc/thread-self/ns/net", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        Ok((namespace, inside()?))
    })
}

/// What `inside` returns when it runs in `namespace`.
pub(super) fn enter<T: Send>(
    namespace: BorrowedFd<'_>,
    inside: impl FnOnce() -> io::Result<T> + Send,
) -> io::Result<T> {
    on_own_thread(|| {
        move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))?;
        inside()
    })
}

fn on_own_thread<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("netns".into()).spawn_scoped(scope, work)?;
        thread.join().expect("nothing in a namespace thread panics")
    })
}
