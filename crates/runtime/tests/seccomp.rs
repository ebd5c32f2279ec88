//! The filter, from inside: each call's answer against what Docker's rules give, and against another runtime's.

use crate::support::Host;
use gantry_runtime::api::Capabilities;
use std::collections::BTreeMap;

fn answers(text: &str) -> BTreeMap<&str, i32> {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, errno)| (name, errno.parse().unwrap()))
        .collect()
}

/// Calls that the rules stop, with the answer. Every other probe must answer something else.
const STOPPED: [(&str, i32); 30] = [
    ("clone3", libc::ENOSYS),
    ("number-1000", libc::ENOSYS),
    ("clone-newuser", libc::EPERM),
    ("unshare-user", libc::EPERM),
    ("unshare-nothing", libc::EPERM),
    ("setns", libc::EPERM),
    ("mount", libc::EPERM),
    ("umount2", libc::EPERM),
    ("open_tree", libc::EPERM),
    ("move_mount", libc::EPERM),
    ("fsopen", libc::EPERM),
    ("mount_setattr", libc::EPERM),
    ("pivot_root", libc::EPERM),
    ("bpf", libc::EPERM),
    ("keyctl", libc::EPERM),
    ("add_key", libc::EPERM),
    ("request_key", libc::EPERM),
    ("perf_event_open", libc::EPERM),
    ("userfaultfd", libc::EPERM),
    ("io_uring_setup", libc::EPERM),
    ("io_uring_enter", libc::EPERM),
    ("kexec_load", libc::EPERM),
    ("init_module", libc::EPERM),
    ("reboot", libc::EPERM),
    ("swapon", libc::EPERM),
    ("settimeofday", libc::EPERM),
    ("syslog", libc::EPERM),
    ("acct", libc::EPERM),
    ("personality-odd", libc::EPERM),
    ("socket-vsock", libc::EPERM),
];

#[test]
fn calls_are_answered_as_under_docker() {
    let host = Host::new();
    let (_, text) = host.script("helper probe");
    let answers = answers(&text);
    assert_eq!(answers.len(), 40, "{text}");
    let stopped: BTreeMap<_, _> = STOPPED.into_iter().collect();
    for (name, errno) in &answers {
        match stopped.get(name) {
            Some(expected) => assert_eq!(errno, expected, "{name}"),
            // These fail too, but with what the call itself says about its arguments.
            None if ["open_by_handle_at", "mbind", "kcmp"].contains(name) => {
                assert_eq!(*errno, libc::EPERM, "{name}")
            }
            None => assert!(![libc::EPERM, libc::ENOSYS].contains(errno), "{name}: {errno}"),
        }
    }
}

#[test]
fn a_capability_opens_its_calls() {
    let host = Host::new();
    let (_, text) = host.script_with("helper probe", |spec| {
        let more = ["SYS_PTRACE", "SYS_NICE", "SYS_TIME"].map(|name| Capabilities::named(name).unwrap());
        spec.capabilities = more.into_iter().fold(Capabilities::DOCKER_DEFAULT, Capabilities::with);
    });
    let answers = answers(&text);
    for opened in ["kcmp", "mbind", "settimeofday"] {
        assert_ne!(answers[opened], libc::EPERM, "{opened}");
    }
    assert_eq!(answers["mount"], libc::EPERM);
}
