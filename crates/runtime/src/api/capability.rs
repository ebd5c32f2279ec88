//! What root inside a container may do: a set of capabilities and their names.

use serde::{Deserialize, Serialize};

/// A set of capabilities (capabilities(7)), a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities(u64);

/// The name is none of a capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a capability")]
pub struct UnknownCapability(pub String);

/// In the order of their numbers, from 0.
const CAPABILITY_NAMES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

impl Capabilities {
    /// None at all.
    pub const NONE: Capabilities = Capabilities(0);

    /// All that Linux has.
    pub const ALL: Capabilities = Capabilities((1 << CAPABILITY_NAMES.len()) - 1);

    /// The 14 that Docker leaves to a container: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP,
    /// NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP.
    pub const DOCKER_DEFAULT: Capabilities = Capabilities(0xa804_25fb);

    /// One capability by its name, with or without `CAP_`, in any case; `ALL` means all.
    pub fn named(name: &str) -> Result<Capabilities, UnknownCapability> {
        let upper = name.to_ascii_uppercase();
        let short = upper.strip_prefix("CAP_").unwrap_or(&upper);
        if short == "ALL" {
            return Ok(Self::ALL);
        }
        let index = CAPABILITY_NAMES.iter().position(|known| *known == short);
        index.map(|bit| Capabilities(1 << bit)).ok_or_else(|| UnknownCapability(name.to_owned()))
    }

    /// Both sets together.
    pub const fn with(self, other: Capabilities) -> Capabilities {
        Capabilities(self.0 | other.0)
    }

    /// This set less the other.
    pub const fn without(self, other: Capabilities) -> Capabilities {
        Capabilities(self.0 & !other.0)
    }

    /// Whether all of `other` are in this set.
    pub const fn contains(self, other: Capabilities) -> bool {
        self.0 & other.0 == other.0
    }

    /// As the kernel has them.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// From the kernel's form; bits that have no name here are kept.
    pub const fn from_bits(bits: u64) -> Capabilities {
        Capabilities(bits)
    }

    /// Their names, without `CAP_`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        (0..).zip(CAPABILITY_NAMES).filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_set_is_the_one_that_its_comment_lists() {
        let names: Vec<_> = Capabilities::DOCKER_DEFAULT.names().collect();
        assert_eq!(
            names,
            [
                "CHOWN",
                "DAC_OVERRIDE",
                "FOWNER",
                "FSETID",
                "KILL",
                "SETGID",
                "SETUID",
                "SETPCAP",
                "NET_BIND_SERVICE",
                "NET_RAW",
                "SYS_CHROOT",
                "MKNOD",
                "AUDIT_WRITE",
                "SETFCAP"
            ]
        );
    }

    #[test]
    fn capabilities_are_named_as_users_write_them() {
        let ptrace = Capabilities::from_bits(1 << 19);
        for spelling in ["SYS_PTRACE", "CAP_SYS_PTRACE", "sys_ptrace"] {
            assert_eq!(Capabilities::named(spelling), Ok(ptrace));
        }
        assert!(Capabilities::named("SYS_MAGIC").is_err());
        let set = Capabilities::DOCKER_DEFAULT.with(ptrace).without(Capabilities::named("MKNOD").unwrap());
        assert!(set.contains(ptrace) && !set.contains(Capabilities::named("MKNOD").unwrap()));
        assert!(Capabilities::named("all").unwrap().contains(set));
    }
}
