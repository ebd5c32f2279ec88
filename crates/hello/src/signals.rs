//! The few calls of the C library about signals and processes that the standard library does not offer.
//!
//! Process 1 of a container gets no signal for which it has no handler, so a plain program could only be killed.

use std::ffi::c_int;

pub(crate) const SIGINT: c_int = 2;
pub(crate) const SIGTERM: c_int = 15;

/// The handler that drops a signal.
const SIG_IGN: usize = 1;
const SIG_BLOCK: c_int = 0;

/// A process that a signal ends shows 128 and the number of the signal to shells and to Docker.
const ENDED_BY_SIGNAL: c_int = 128;

/// `sigset_t`: 1,024 bits in glibc and in musl.
#[repr(C)]
struct SignalSet([u64; 16]);

unsafe extern "C" {
    fn signal(number: c_int, handler: usize) -> usize;
    fn sigemptyset(set: *mut SignalSet) -> c_int;
    fn sigaddset(set: *mut SignalSet, number: c_int) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn sigwait(set: *const SignalSet, number: *mut c_int) -> c_int;
    #[link_name = "fork"]
    fn c_fork() -> c_int;
    fn _exit(code: c_int) -> !;
}

/// Signals that were taken away from all threads, to be waited for.
pub(crate) struct Awaited(SignalSet);

/// From here on SIGTERM and SIGINT end the process with 143 and 130, as they end one that is not process 1.
pub(crate) fn end_when_asked() {
    for number in [SIGTERM, SIGINT] {
        // SAFETY: the handler is a function of the right type that lives for ever and calls only `_exit`, which is
        // allowed in handlers.
        unsafe { signal(number, end as extern "C" fn(c_int) as usize) };
    }
}

/// From here on SIGTERM does nothing.
pub(crate) fn ignore_term() {
    // SAFETY: SIG_IGN is the C library's own value.
    unsafe { signal(SIGTERM, SIG_IGN) };
}

/// Takes SIGTERM and SIGINT from this thread and from those that it starts later.
pub(crate) fn keep_for_waiting() -> Awaited {
    let mut set = SignalSet([0; 16]);
    // SAFETY: the set is a live value of the C library's size, and the old mask is not asked for.
    unsafe {
        sigemptyset(&mut set);
        sigaddset(&mut set, SIGTERM);
        sigaddset(&mut set, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set, std::ptr::null_mut());
    }
    Awaited(set)
}

impl Awaited {
    /// Returns when one of the signals has come.
    pub(crate) fn wait(&self) {
        let mut number = 0;
        // SAFETY: both pointers are live values of the types that the call has.
        unsafe { sigwait(&self.0, &mut number) };
    }
}

/// Starts a child that runs `child` and never returns; `None` when the kernel refuses.
pub(crate) fn fork(child: fn() -> u8) -> Option<()> {
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { c_fork() } {
        0 => {
            let code = child();
            // SAFETY: the call takes any code and does not return.
            unsafe { _exit(c_int::from(code)) }
        }
        pid => (pid > 0).then_some(()),
    }
}

extern "C" fn end(number: c_int) {
    // SAFETY: the call takes any code, does not return, and is allowed in handlers.
    unsafe { _exit(ENDED_BY_SIGNAL + number) }
}
