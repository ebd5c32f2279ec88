//! Raw system calls, each with arguments that do nothing when it is allowed: what matters is the error number.

use std::io::Error;

/// A name for the test's table, the number, and up to three arguments.
type Probe = (&'static str, i64, [u64; 3]);

const NO_FD: u64 = u64::MAX;

/// Prints `name errno` for each, 0 for success. `tests/seccomp.rs` knows what is expected.
pub(crate) fn print_all() {
    for (name, number, [a, b, c]) in PROBES {
        // SAFETY: every pointer argument is null and every descriptor is invalid, so no call changes anything.
        let rc = unsafe { libc::syscall(number, a, b, c, 0, 0, 0) };
        let errno = if rc >= 0 { 0 } else { Error::last_os_error().raw_os_error().unwrap_or(-1) };
        println!("{name} {errno}");
    }
}

const PROBES: [Probe; 40] = [
    ("getpid", libc::SYS_getpid, [0, 0, 0]),
    ("clone3", libc::SYS_clone3, [0, 0, 0]),
    ("clone-newuser", libc::SYS_clone, [libc::CLONE_NEWUSER as u64, 0, 0]),
    ("unshare-user", libc::SYS_unshare, [libc::CLONE_NEWUSER as u64, 0, 0]),
    ("unshare-nothing", libc::SYS_unshare, [0, 0, 0]),
    ("setns", libc::SYS_setns, [NO_FD, 0, 0]),
    ("mount", libc::SYS_mount, [0, 0, 0]),
    ("umount2", libc::SYS_umount2, [0, 0, 0]),
    ("open_tree", libc::SYS_open_tree, [NO_FD, 0, 0]),
    ("move_mount", libc::SYS_move_mount, [NO_FD, 0, 0]),
    ("fsopen", libc::SYS_fsopen, [0, 0, 0]),
    ("mount_setattr", libc::SYS_mount_setattr, [NO_FD, 0, 0]),
    ("pivot_root", libc::SYS_pivot_root, [0, 0, 0]),
    ("chroot", libc::SYS_chroot, [0, 0, 0]),
    ("bpf", libc::SYS_bpf, [0, 0, 0]),
    ("keyctl", libc::SYS_keyctl, [0, 0, 0]),
    ("add_key", libc::SYS_add_key, [0, 0, 0]),
    ("request_key", libc::SYS_request_key, [0, 0, 0]),
    ("perf_event_open", libc::SYS_perf_event_open, [0, 0, 0]),
    ("userfaultfd", libc::SYS_userfaultfd, [0, 0, 0]),
    ("io_uring_setup", libc::SYS_io_uring_setup, [0, 0, 0]),
    ("io_uring_enter", libc::SYS_io_uring_enter, [NO_FD, 0, 0]),
    ("kexec_load", libc::SYS_kexec_load, [0, 0, 0]),
    ("init_module", libc::SYS_init_module, [0, 0, 0]),
    ("reboot", libc::SYS_reboot, [0, 0, 0]),
    ("swapon", libc::SYS_swapon, [0, 0, 0]),
    ("settimeofday", libc::SYS_settimeofday, [0, 0, 0]),
    ("syslog", libc::SYS_syslog, [10, 0, 0]),
    ("acct", libc::SYS_acct, [0, 0, 0]),
    ("open_by_handle_at", libc::SYS_open_by_handle_at, [NO_FD, 0, 0]),
    ("name_to_handle_at", libc::SYS_name_to_handle_at, [NO_FD, 0, 0]),
    ("ptrace", libc::SYS_ptrace, [u64::MAX, u64::MAX, 0]),
    ("process_vm_readv", libc::SYS_process_vm_readv, [0, 0, 0]),
    ("personality-ask", libc::SYS_personality, [0xffff_ffff, 0, 0]),
    ("personality-odd", libc::SYS_personality, [0x0040_0000, 0, 0]),
    ("socket-inet", libc::SYS_socket, [libc::AF_INET as u64, libc::SOCK_DGRAM as u64, 0]),
    ("socket-vsock", libc::SYS_socket, [libc::AF_VSOCK as u64, libc::SOCK_STREAM as u64, 0]),
    ("mbind", libc::SYS_mbind, [0, 0, 0]),
    ("kcmp", libc::SYS_kcmp, [0, 0, 0]),
    ("number-1000", 1000, [0, 0, 0]),
];
