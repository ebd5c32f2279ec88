//! Making child processes by clone3, and naming a process so that a recycled number is not mistaken for it.

use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Exit status of a child whose code panicked (EX_SOFTWARE of sysexits.h).
const PANICKED: i32 = 70;

/// `CLONE_INTO_CGROUP` does not fit the `c_int` flags of the libc crate.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// A process that was just made.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
}

/// What becomes of the new process, besides running `body`.
#[derive(Default)]
pub(crate) struct CloneOptions<'a> {
    /// `CLONE_NEW…` flags.
    pub(crate) namespaces: i32,
    /// Folder of a cgroup v2 to be born in.
    pub(crate) cgroup: Option<BorrowedFd<'a>>,
}

/// Makes a copy of this process that runs `body` and ends with its result, never returning into the caller's code.
///
/// # Safety
/// This process has one thread: in the copy no other thread exists that could ever release a lock.
pub(crate) unsafe fn clone_child(options: CloneOptions<'_>, body: impl FnOnce() -> i32) -> io::Result<Child> {
    let mut pidfd: i32 = -1;
    // SAFETY: a block of plain integers in which zero means "absent".
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = (options.namespaces | libc::CLONE_PIDFD) as u64;
    args.exit_signal = libc::SIGCHLD as u64;
    args.pidfd = &raw mut pidfd as u64;
    if let Some(cgroup) = options.cgroup {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = cgroup.as_raw_fd() as u64;
    }
    // SAFETY: without CLONE_VM this is a fork; the caller promised a single thread.
    match unsafe { libc::syscall(libc::SYS_clone3, &raw const args, size_of_val(&args)) } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let status = catch_unwind(AssertUnwindSafe(body)).unwrap_or(PANICKED);
            exit_now(status);
        }
        // SAFETY: the kernel stored a new descriptor that nobody else owns.
        pid => Ok(Child { pid: pid as u32, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } }),
    }
}

/// Ends this process without running exit handlers that belong to the process it was copied from.
pub(crate) fn exit_now(status: i32) -> ! {
    // SAFETY: takes an integer and does not return.
    unsafe { libc::_exit(status) }
}

/// A process beyond doubt: numbers are reused, the pair of number and start time within one boot is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessName {
    pub(crate) pid: u32,
    /// Field 22 of /proc/PID/stat: clock ticks after boot.
    pub(crate) start_ticks: u64,
    /// /proc/sys/kernel/random/boot_id.
    pub(crate) boot_id: String,
}

impl ProcessName {
    /// The process that has this number now.
    pub(crate) fn of(pid: u32) -> io::Result<ProcessName> {
        Ok(ProcessName { pid, start_ticks: start_ticks(pid)?, boot_id: boot_id()? })
    }
}

/// Identity of this run of the host's kernel.
pub(crate) fn boot_id() -> io::Result<String> {
    Ok(std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

fn start_ticks(pid: u32) -> io::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    let after_name = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = after_name.split_ascii_whitespace().nth(19).and_then(|field| field.parse().ok());
    ticks.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no start time in /proc/PID/stat"))
}

/// Replaces this process by a program. Returns only the error.
pub(crate) fn execute(
    program: &std::ffi::CStr,
    args: &[std::ffi::CString],
    env: &[std::ffi::CString],
) -> Result<Infallible, io::Error> {
    let pointers = |list: &[std::ffi::CString]| -> Vec<*const libc::c_char> {
        list.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (args, env) = (pointers(args), pointers(env));
    // SAFETY: both lists end with NULL, and their strings outlive the call.
    unsafe { libc::execve(program.as_ptr(), args.as_ptr(), env.as_ptr()) };
    Err(io::Error::last_os_error())
}

/// Gives every signal its default action and unblocks all: what this process ignored, a program must not inherit.
pub(crate) fn reset_signals() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: sets the default action; the kernel refuses the two that cannot be set.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: an emptied set on the stack, read by the call only.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Makes every descriptor from `first` on close at the next exec.
pub(crate) fn close_on_exec_from(first: u32) -> io::Result<()> {
    // SAFETY: marks descriptors, closes none.
    match unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Closes every descriptor but the standard ones and those given.
///
/// For a process that was just cloned: it holds a copy of each descriptor of its parent, and as long as it does, nobody
/// at the other end of the parent's channels learns of the parent's death.
///
/// # Safety
/// The caller never uses any other descriptor again, not even to drop its owner.
pub(crate) unsafe fn keep_only(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut numbers: Vec<u32> = kept.iter().map(|fd| fd.as_raw_fd() as u32).collect();
    numbers.sort_unstable();
    let mut first = FIRST_NOT_STANDARD;
    for number in numbers {
        close_range(first, number.saturating_sub(1))?;
        first = first.max(number + 1);
    }
    close_range(first, u32::MAX)
}

/// The descriptors before this one are standard input, output and error.
pub(crate) const FIRST_NOT_STANDARD: u32 = 3;

fn close_range(first: u32, last: u32) -> io::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: the caller of `keep_only` promised that nobody uses these again.
    match unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_one_process_only() {
        let me = ProcessName::of(std::process::id()).unwrap();
        assert_eq!(ProcessName::of(std::process::id()).unwrap(), me);
        assert_ne!(ProcessName::of(1).unwrap().start_ticks, me.start_ticks);
        assert!(me.boot_id.len() == 36, "{}", me.boot_id);
    }
}
