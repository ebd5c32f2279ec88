//! System calls by what they are for. Calls that an architecture does not have are left out there.

/// Numbers of calls that the libc crate names.
macro_rules! numbers {
    ($($name:ident)*) => { &[$(libc::$name as u32),*] };
}

/// Calls that were added since numbers are the same on all architectures and that the libc crate lacks on some.
mod common {
    pub(super) const CACHESTAT: u32 = 451;
    pub(super) const FCHMODAT2: u32 = 452;
    pub(super) const MAP_SHADOW_STACK: u32 = 453;
    pub(super) const FUTEX_WAKE: u32 = 454;
    pub(super) const FUTEX_WAIT: u32 = 455;
    pub(super) const FUTEX_REQUEUE: u32 = 456;
    pub(super) const STATMOUNT: u32 = 457;
    pub(super) const LISTMOUNT: u32 = 458;
    pub(super) const LSM_GET_SELF_ATTR: u32 = 459;
    pub(super) const LSM_SET_SELF_ATTR: u32 = 460;
    pub(super) const LSM_LIST_MODULES: u32 = 461;
    pub(super) const MSEAL: u32 = 462;
    pub(super) const SETXATTRAT: u32 = 463;
    pub(super) const GETXATTRAT: u32 = 464;
    pub(super) const LISTXATTRAT: u32 = 465;
    pub(super) const REMOVEXATTRAT: u32 = 466;
}

/// The newest call that the rules know.
pub(super) const NEWEST: u32 = common::REMOVEXATTRAT;

/// Allowed to every container.
pub(super) const ALWAYS: [&[u32]; 14] = [
    FILES,
    PATHS,
    ATTRIBUTES,
    FILE_SYSTEMS,
    MEMORY,
    PROCESSES,
    IDENTITY,
    SIGNALS,
    SCHEDULING,
    TIME,
    WAITING,
    NETWORK,
    MESSAGES,
    ARCHITECTURE,
];

/// Allowed with a capability that they need anyway.
pub(super) const WITH_CAPABILITY: [(&str, &[u32]); 15] = [
    ("DAC_READ_SEARCH", numbers![SYS_open_by_handle_at]),
    ("SYS_ADMIN", ADMINISTRATION),
    ("SYS_ADMIN", SECURITY_MODULES),
    ("SYS_BOOT", numbers![SYS_reboot]),
    ("SYS_CHROOT", numbers![SYS_chroot]),
    ("SYS_MODULE", numbers![SYS_delete_module SYS_init_module SYS_finit_module]),
    ("SYS_PACCT", numbers![SYS_acct]),
    ("SYS_PTRACE", numbers![SYS_kcmp SYS_pidfd_getfd SYS_process_madvise]),
    ("SYS_RAWIO", PORTS),
    ("SYS_TIME", numbers![SYS_settimeofday SYS_clock_settime]),
    ("SYS_TTY_CONFIG", numbers![SYS_vhangup]),
    ("SYS_NICE", numbers![SYS_get_mempolicy SYS_mbind SYS_set_mempolicy SYS_set_mempolicy_home_node]),
    ("SYSLOG", numbers![SYS_syslog]),
    ("BPF", numbers![SYS_bpf]),
    ("PERFMON", numbers![SYS_perf_event_open]),
];

/// Open files.
const FILES: &[u32] = numbers![
    SYS_openat SYS_openat2 SYS_close SYS_close_range SYS_read SYS_write SYS_readv SYS_writev SYS_pread64 SYS_pwrite64
    SYS_preadv SYS_pwritev SYS_preadv2 SYS_pwritev2 SYS_lseek SYS_dup SYS_dup3 SYS_fcntl SYS_ioctl SYS_flock
    SYS_ftruncate SYS_fallocate SYS_fadvise64 SYS_readahead SYS_copy_file_range SYS_sendfile SYS_splice SYS_tee
    SYS_vmsplice SYS_pipe2 SYS_fsync SYS_fdatasync SYS_sync SYS_syncfs SYS_sync_file_range SYS_memfd_create
    SYS_memfd_secret SYS_io_setup SYS_io_submit SYS_io_getevents SYS_io_cancel SYS_io_destroy SYS_getdents64
];

/// Files by name.
const PATHS: &[u32] = numbers![
    SYS_getcwd SYS_chdir SYS_fchdir SYS_truncate SYS_mkdirat SYS_mknodat SYS_unlinkat SYS_linkat SYS_symlinkat
    SYS_readlinkat SYS_renameat SYS_renameat2 SYS_name_to_handle_at SYS_inotify_init1 SYS_inotify_add_watch
    SYS_inotify_rm_watch SYS_fanotify_mark SYS_umask
];

/// What is known about files.
const ATTRIBUTES: &[u32] = &[
    libc::SYS_fstat as u32,
    libc::SYS_newfstatat as u32,
    libc::SYS_statx as u32,
    libc::SYS_faccessat as u32,
    libc::SYS_faccessat2 as u32,
    libc::SYS_fchmod as u32,
    libc::SYS_fchmodat as u32,
    common::FCHMODAT2,
    libc::SYS_fchown as u32,
    libc::SYS_fchownat as u32,
    libc::SYS_utimensat as u32,
    libc::SYS_getxattr as u32,
    libc::SYS_lgetxattr as u32,
    libc::SYS_fgetxattr as u32,
    libc::SYS_setxattr as u32,
    libc::SYS_lsetxattr as u32,
    libc::SYS_fsetxattr as u32,
    libc::SYS_listxattr as u32,
    libc::SYS_llistxattr as u32,
    libc::SYS_flistxattr as u32,
    libc::SYS_removexattr as u32,
    libc::SYS_lremovexattr as u32,
    libc::SYS_fremovexattr as u32,
    common::SETXATTRAT,
    common::GETXATTRAT,
    common::LISTXATTRAT,
    common::REMOVEXATTRAT,
];

/// Mounted file systems, reading only.
const FILE_SYSTEMS: &[u32] =
    &[libc::SYS_statfs as u32, libc::SYS_fstatfs as u32, common::STATMOUNT, common::LISTMOUNT];

/// Memory.
const MEMORY: &[u32] = &[
    libc::SYS_brk as u32,
    libc::SYS_mmap as u32,
    libc::SYS_munmap as u32,
    libc::SYS_mremap as u32,
    libc::SYS_mprotect as u32,
    libc::SYS_madvise as u32,
    libc::SYS_mincore as u32,
    libc::SYS_msync as u32,
    libc::SYS_mlock as u32,
    libc::SYS_mlock2 as u32,
    libc::SYS_mlockall as u32,
    libc::SYS_munlock as u32,
    libc::SYS_munlockall as u32,
    libc::SYS_remap_file_pages as u32,
    libc::SYS_pkey_alloc as u32,
    libc::SYS_pkey_free as u32,
    libc::SYS_pkey_mprotect as u32,
    libc::SYS_process_mrelease as u32,
    libc::SYS_membarrier as u32,
    common::CACHESTAT,
    common::MAP_SHADOW_STACK,
    common::MSEAL,
];

/// Processes and threads, `clone` and `clone3` excepted.
const PROCESSES: &[u32] = numbers![
    SYS_execve SYS_execveat SYS_exit SYS_exit_group SYS_wait4 SYS_waitid SYS_getpid SYS_getppid SYS_gettid
    SYS_getpgid SYS_setpgid SYS_getsid SYS_setsid SYS_set_tid_address SYS_set_robust_list SYS_get_robust_list
    SYS_prctl SYS_seccomp SYS_getrlimit SYS_setrlimit SYS_prlimit64 SYS_getrusage SYS_times SYS_uname SYS_sysinfo
    SYS_getrandom SYS_rseq SYS_restart_syscall SYS_pidfd_open SYS_pidfd_send_signal SYS_ptrace SYS_process_vm_readv
    SYS_process_vm_writev SYS_landlock_create_ruleset SYS_landlock_add_rule SYS_landlock_restrict_self
];

/// Users, groups, capabilities.
const IDENTITY: &[u32] = numbers![
    SYS_getuid SYS_geteuid SYS_getgid SYS_getegid SYS_getresuid SYS_getresgid SYS_getgroups SYS_setuid SYS_setgid
    SYS_setreuid SYS_setregid SYS_setresuid SYS_setresgid SYS_setfsuid SYS_setfsgid SYS_setgroups SYS_capget
    SYS_capset
];

/// Signals.
const SIGNALS: &[u32] = numbers![
    SYS_kill SYS_tkill SYS_tgkill SYS_rt_sigaction SYS_rt_sigprocmask SYS_rt_sigpending SYS_rt_sigqueueinfo
    SYS_rt_tgsigqueueinfo SYS_rt_sigreturn SYS_rt_sigsuspend SYS_rt_sigtimedwait SYS_sigaltstack SYS_signalfd4
];

/// Turns on the CPU and on the disk.
const SCHEDULING: &[u32] = numbers![
    SYS_sched_yield SYS_sched_getaffinity SYS_sched_setaffinity SYS_sched_getattr SYS_sched_setattr
    SYS_sched_getparam SYS_sched_setparam SYS_sched_getscheduler SYS_sched_setscheduler SYS_sched_get_priority_max
    SYS_sched_get_priority_min SYS_sched_rr_get_interval SYS_getpriority SYS_setpriority SYS_ioprio_get
    SYS_ioprio_set SYS_getcpu
];

/// Clocks and timers. Setting a clock is refused by the kernel without a capability.
const TIME: &[u32] = numbers![
    SYS_gettimeofday SYS_clock_gettime SYS_clock_getres SYS_clock_nanosleep SYS_nanosleep SYS_adjtimex
    SYS_clock_adjtime SYS_getitimer SYS_setitimer SYS_timer_create SYS_timer_delete SYS_timer_gettime
    SYS_timer_settime SYS_timer_getoverrun SYS_timerfd_create SYS_timerfd_gettime SYS_timerfd_settime
];

/// Waiting for many things.
const WAITING: &[u32] = &[
    libc::SYS_ppoll as u32,
    libc::SYS_pselect6 as u32,
    libc::SYS_epoll_create1 as u32,
    libc::SYS_epoll_ctl as u32,
    libc::SYS_epoll_pwait as u32,
    libc::SYS_epoll_pwait2 as u32,
    libc::SYS_eventfd2 as u32,
    libc::SYS_futex as u32,
    libc::SYS_futex_waitv as u32,
    common::FUTEX_WAKE,
    common::FUTEX_WAIT,
    common::FUTEX_REQUEUE,
];

/// Sockets, `socket` excepted.
const NETWORK: &[u32] = numbers![
    SYS_socketpair SYS_bind SYS_listen SYS_accept SYS_accept4 SYS_connect SYS_shutdown SYS_getsockname
    SYS_getpeername SYS_getsockopt SYS_setsockopt SYS_sendto SYS_sendmsg SYS_sendmmsg SYS_recvfrom SYS_recvmsg
    SYS_recvmmsg
];

/// Queues, semaphores and shared memory of System V and POSIX.
const MESSAGES: &[u32] = numbers![
    SYS_mq_open SYS_mq_unlink SYS_mq_timedsend SYS_mq_timedreceive SYS_mq_notify SYS_mq_getsetattr SYS_msgget
    SYS_msgsnd SYS_msgrcv SYS_msgctl SYS_semget SYS_semop SYS_semtimedop SYS_semctl SYS_shmget SYS_shmat SYS_shmdt
    SYS_shmctl
];

/// Calls of this architecture alone: on x86-64 mostly older forms of the ones above.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: &[u32] = &[
    libc::SYS_open as u32,
    libc::SYS_creat as u32,
    libc::SYS_dup2 as u32,
    libc::SYS_pipe as u32,
    libc::SYS_poll as u32,
    libc::SYS_select as u32,
    libc::SYS_epoll_create as u32,
    libc::SYS_epoll_wait as u32,
    libc::SYS_epoll_ctl_old as u32,
    libc::SYS_epoll_wait_old as u32,
    libc::SYS_eventfd as u32,
    libc::SYS_signalfd as u32,
    libc::SYS_inotify_init as u32,
    libc::SYS_getdents as u32,
    libc::SYS_access as u32,
    libc::SYS_stat as u32,
    libc::SYS_lstat as u32,
    libc::SYS_chmod as u32,
    libc::SYS_chown as u32,
    libc::SYS_lchown as u32,
    libc::SYS_mkdir as u32,
    libc::SYS_rmdir as u32,
    libc::SYS_mknod as u32,
    libc::SYS_link as u32,
    libc::SYS_symlink as u32,
    libc::SYS_readlink as u32,
    libc::SYS_unlink as u32,
    libc::SYS_rename as u32,
    libc::SYS_utime as u32,
    libc::SYS_utimes as u32,
    libc::SYS_futimesat as u32,
    libc::SYS_time as u32,
    libc::SYS_alarm as u32,
    libc::SYS_pause as u32,
    libc::SYS_fork as u32,
    libc::SYS_vfork as u32,
    libc::SYS_getpgrp as u32,
    libc::SYS_arch_prctl as u32,
    libc::SYS_modify_ldt as u32,
    libc::SYS_get_thread_area as u32,
    libc::SYS_set_thread_area as u32,
    IO_PGETEVENTS,
    URETPROBE,
];

/// Calls of this architecture alone.
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: &[u32] = &[IO_PGETEVENTS];

#[cfg(target_arch = "x86_64")]
const IO_PGETEVENTS: u32 = 333;
#[cfg(target_arch = "aarch64")]
const IO_PGETEVENTS: u32 = 292;
/// How a traced function returns; the kernel places the call itself.
#[cfg(target_arch = "x86_64")]
const URETPROBE: u32 = 335;

/// Mounts, namespaces, tracing of the whole machine.
const ADMINISTRATION: &[u32] = numbers![
    SYS_bpf SYS_clone SYS_clone3 SYS_fanotify_init SYS_fsconfig SYS_fsmount SYS_fsopen SYS_fspick SYS_lookup_dcookie
    SYS_mount SYS_mount_setattr SYS_move_mount SYS_open_tree SYS_perf_event_open SYS_quotactl SYS_quotactl_fd
    SYS_setdomainname SYS_sethostname SYS_setns SYS_syslog SYS_umount2 SYS_unshare
];

const SECURITY_MODULES: &[u32] =
    &[common::LSM_GET_SELF_ATTR, common::LSM_SET_SELF_ATTR, common::LSM_LIST_MODULES];

/// Input and output ports of the machine.
#[cfg(target_arch = "x86_64")]
const PORTS: &[u32] = numbers![SYS_iopl SYS_ioperm];
#[cfg(target_arch = "aarch64")]
const PORTS: &[u32] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_stands_twice_and_none_is_newer_than_the_newest() {
        let mut all: Vec<u32> = ALWAYS.iter().flat_map(|group| group.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|number| *number <= NEWEST));
    }
}
