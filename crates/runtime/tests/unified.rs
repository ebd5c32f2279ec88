//! Cgroups of version 2, as far as this kernel offers them: a tree without controllers, in which birth inside a group,
//! killing, and the device program work.

use crate::support::Host;
use gantry_runtime::api::{Limits, Runtime};
use std::path::Path;

const TREE: &str = "/sys/fs/cgroup/unified";

/// The root of a version 2 tree; on a host with nothing else it is the usual place.
fn host() -> Host {
    Host::with_cgroups_at(if Path::new(TREE).exists() { TREE } else { "/sys/fs/cgroup" })
}

#[test]
fn a_container_lives_in_the_unified_tree() {
    let host = host();
    let mut spec =
        host.spec(&["sh", "-c", "grep ^0: /proc/self/cgroup; sleep 1000 & sleep 1000 & echo up; wait"]);
    spec.limits = Limits::default();
    let id = host.run(spec);
    host.wait_for_output(&id, "up");
    assert!(host.output(&id).starts_with("0::/\n"), "{}", host.output(&id));
    let procs = std::fs::read_to_string(host.cgroup("", &id).join("cgroup.procs")).unwrap();
    assert_eq!(procs.lines().count(), 3);
    assert_eq!(host.exec(&id, &["grep", "^0:", "/proc/self/cgroup"]), (0, "0::/\n".into()));
    assert!(host.runtime().stats(&id).unwrap().cpu_ns > 0);
    host.runtime().kill(&id).unwrap();
    assert_eq!(host.exit_of(&id).code, 137);
    host.runtime().remove(&id).unwrap();
    assert!(!host.cgroup("", &id).exists());
}

#[test]
fn the_device_program_allows_the_harmless_ones_only() {
    let host = host();
    let script = "head -c 3 /dev/zero | wc -c; mknod /tmp/disk b 254 0 && mknod /tmp/memory c 1 1; \
                  for d in /tmp/disk /tmp/memory; do head -c 1 $d; done";
    let (_, text) = host.script_with(script, |spec| spec.limits = Limits::default());
    assert!(text.starts_with("3\n"), "{text}");
    assert_eq!(text.matches("Operation not permitted").count(), 2, "{text}");
}
