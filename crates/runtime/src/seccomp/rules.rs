//! The rules, before they are a program.

use super::table;
use crate::api::Capabilities;
use std::collections::BTreeMap;

/// What the kernel does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Allow,
    /// The call fails with this error number.
    Fail(i32),
    /// The process ends.
    Kill,
}

impl Action {
    /// As linux/seccomp.h has it.
    pub(super) fn code(self) -> u32 {
        match self {
            Action::Allow => libc::SECCOMP_RET_ALLOW,
            Action::Fail(errno) => libc::SECCOMP_RET_ERRNO | errno as u32,
            Action::Kill => libc::SECCOMP_RET_KILL_PROCESS,
        }
    }
}

/// A test of one argument. The kernel reads the arguments in question as 32-bit numbers, so the upper half must not
/// decide: `socket(40 + 2^32, …)` is family 40.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    pub(super) argument: u32,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Equals(u32),
    AtLeast(u32),
    /// None of these bits is set.
    Lacks(u32),
}

/// The first test that holds decides; else `otherwise`.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) tests: Vec<(Test, Action)>,
    pub(super) otherwise: Action,
}

/// A whole profile.
pub(super) struct Profile {
    pub(super) rules: BTreeMap<u32, Rule>,
    /// Calls without a rule.
    pub(super) default: Action,
    /// Calls with a number above this answer ENOSYS.
    pub(super) newest: u32,
}

pub(super) const NOT_PERMITTED: Action = Action::Fail(libc::EPERM);
pub(super) const NO_SUCH_CALL: Action = Action::Fail(libc::ENOSYS);

/// Flags of `clone` that make namespaces.
const NAMESPACE_FLAGS: u32 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET) as u32;

/// Execution domains that differ from the normal one in what `uname` says or in the layout of addresses only; the
/// last asks without changing.
const PERSONALITIES: [u32; 5] = [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

/// Address families that reach outside the container's network (VSOCK), or whose code is old, unused and has been
/// exploited.
const REFUSED_FAMILIES: [i32; 9] = [
    libc::AF_DECnet,
    libc::AF_ECONET,
    libc::AF_ATMSVC,
    libc::AF_IRDA,
    libc::AF_WANPIPE,
    libc::AF_IUCV,
    libc::AF_CAIF,
    libc::AF_ALG,
    libc::AF_VSOCK,
];

/// Families from here on were unknown when the rules were made; the last known is AF_MCTP, 45.
const UNKNOWN_FAMILIES: u32 = 46;

/// Docker's default rules for a container with these capabilities.
pub(super) fn docker_default(capabilities: Capabilities) -> Profile {
    let mut rules = BTreeMap::new();
    let mut allow = |numbers: &[u32]| {
        rules.extend(
            numbers.iter().map(|number| (*number, Rule { tests: Vec::new(), otherwise: Action::Allow })),
        );
    };
    table::ALWAYS.iter().for_each(|group| allow(group));
    for (name, numbers) in table::WITH_CAPABILITY {
        let needed = Capabilities::named(name).expect("the table names capabilities that exist");
        if capabilities.contains(needed) {
            allow(numbers);
        }
    }
    rules.insert(libc::SYS_socket as u32, socket());
    rules.insert(libc::SYS_personality as u32, personality());
    let makes_namespaces = Capabilities::named("SYS_ADMIN").expect("a capability that exists");
    if !capabilities.contains(makes_namespaces) {
        rules.insert(libc::SYS_clone as u32, clone());
        rules.insert(libc::SYS_clone3 as u32, Rule { tests: Vec::new(), otherwise: NO_SUCH_CALL });
    }
    Profile { rules, default: NOT_PERMITTED, newest: table::NEWEST }
}

fn first_argument(kind: Kind, action: Action) -> (Test, Action) {
    (Test { argument: 0, kind }, action)
}

fn socket() -> Rule {
    let refused = REFUSED_FAMILIES.map(|family| first_argument(Kind::Equals(family as u32), NOT_PERMITTED));
    let unknown = first_argument(Kind::AtLeast(UNKNOWN_FAMILIES), NOT_PERMITTED);
    Rule { tests: refused.into_iter().chain([unknown]).collect(), otherwise: Action::Allow }
}

fn personality() -> Rule {
    let known = PERSONALITIES.map(|value| first_argument(Kind::Equals(value), Action::Allow));
    Rule { tests: known.to_vec(), otherwise: NOT_PERMITTED }
}

fn clone() -> Rule {
    let plain = first_argument(Kind::Lacks(NAMESPACE_FLAGS), Action::Allow);
    Rule { tests: vec![plain], otherwise: NOT_PERMITTED }
}
