//! Processes by descriptor: a pidfd never names another process than the one that it was made for.

use super::time::wait_for;
use rustix::event::PollFlags;
use rustix::process::{WaitId, WaitIdOptions, waitid};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

/// Sends a signal by number; 0 asks only whether the process exists. `NotFound` when it has been reaped.
pub(crate) fn signal(pidfd: BorrowedFd<'_>, number: i32) -> io::Result<()> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: no siginfo is passed; the descriptor is borrowed for the call.
    let rc = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), number, none, 0) };
    match rc {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            gone if gone.raw_os_error() == Some(libc::ESRCH) => Err(io::ErrorKind::NotFound.into()),
            other => Err(other),
        },
    }
}

/// Whether the process has ended (it may be a zombie still).
pub(crate) fn has_ended(pidfd: impl AsFd) -> io::Result<bool> {
    wait_for(pidfd, PollFlags::IN, Some(Duration::ZERO))
}

/// Reaps a child that has ended: its exit status, or 128 + the signal's number.
pub(crate) fn reap(pidfd: BorrowedFd<'_>) -> io::Result<i32> {
    let status = waitid(WaitId::PidFd(pidfd), WaitIdOptions::EXITED)?
        .expect("waitid returns a status unless it is told not to hang");
    let by_signal = status.terminating_signal().map(|signal| 128 + signal);
    Ok(by_signal.or(status.exit_status()).expect("a process ends by exit or by signal"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    use std::os::fd::OwnedFd;
    use std::process::Command;

    #[expect(clippy::zombie_processes, reason = "reaping by pidfd is what is tested")]
    fn spawned(script: &str) -> OwnedFd {
        let child = Command::new("/bin/sh").args(["-c", script]).spawn().unwrap();
        pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).unwrap()
    }

    #[test]
    fn an_end_is_a_status_or_a_signal() {
        assert_eq!(reap(spawned("exit 7").as_fd()).unwrap(), 7);
        let sleeper = spawned("exec sleep 1000");
        assert!(!has_ended(&sleeper).unwrap());
        signal(sleeper.as_fd(), libc::SIGTERM).unwrap();
        assert_eq!(reap(sleeper.as_fd()).unwrap(), 128 + libc::SIGTERM);
        assert_eq!(signal(sleeper.as_fd(), 0).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
