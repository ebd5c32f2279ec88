//! The inside of a container's first process, from its birth to its program's first instruction.
//!
//! Takes in: a [`Plan`](crate::state::Plan), descriptors, and a channel to the shim. Gives out: an executed program, or
//! the step that failed. Does not know: what runs the shim, what the container is for.
//!
//! ```text
//! prepare   cgroup → cgroup namespace → network namespace → detached /proc, /dev, /sys …   knows no image
//! assemble  overlay → attach all → host's files → pivot_root → sysctls → masks → host name   knows the specification
//! (told to go)
//! launch    user → folder → program → limits → bounding set → groups → seccomp → gid, uid → capabilities → execve
//! ```
//! The order is not free. The cgroup comes before its namespace, or the namespace shows the host's path. /sys is made
//! inside the network namespace, or it shows the host's interfaces. Without no_new_privs a filter needs CAP_SYS_ADMIN,
//! so it is loaded before the capabilities go; with it, last of all. Masks come before anything of the image runs.

mod devices;
mod init;
mod launch;
mod masks;
mod mounts;
mod prepare;
mod process;
mod program;
mod rights;
mod root;
mod sysctl;
mod target;
mod terminal;
mod ulimit;
mod user;

pub(crate) use init::{FromInit, Inherited, ToInit, run};
pub(crate) use launch::launch;
pub(crate) use process::Process;
pub(crate) use terminal::open as open_terminal;
pub(crate) use ulimit::is_known as is_known_ulimit;
