//! Kernel parameters of the container's own namespaces.

use crate::failure::{Doing, Failure};
use std::io;

/// Docker sets these in every container with a network of its own: low ports and ping need no root there.
const DEFAULTS: [(&str, &str); 2] =
    [("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ping_group_range", "0 2147483647")];

/// Parameters of the IPC namespace. Those of the network namespace all begin with `net.`.
const IPC: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

/// Called inside the container's root, before /proc/sys becomes read-only.
pub(super) fn apply(wishes: &[(String, String)]) -> Result<(), Failure> {
    let wished = wishes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in DEFAULTS.into_iter().chain(wished) {
        set(name, value).doing_with(|| format!("set the kernel parameter {name}"))?;
    }
    Ok(())
}

fn set(name: &str, value: &str) -> io::Result<()> {
    if !is_own(name) {
        return Err(io::Error::other("it belongs to the whole host"));
    }
    std::fs::write(format!("/proc/sys/{}", name.replace('.', "/")), value)
}

/// Whether a parameter belongs to a namespace. A name has no other way to write a path than its dots.
fn is_own(name: &str) -> bool {
    !name.contains('/') && (IPC.contains(&name) || name.starts_with("net.") || name.starts_with("fs.mqueue."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_the_host_are_refused() {
        assert!(is_own("net.core.somaxconn") && is_own("kernel.sem") && is_own("fs.mqueue.msg_max"));
        for host in ["kernel.hostname2", "vm.swappiness", "kernel.core_pattern", "net./../../vm/swappiness"] {
            assert!(!is_own(host), "{host}");
        }
    }
}
