//! Commands that only take time, or tell it.

use std::ffi::{c_int, c_long};
use std::thread;
use std::time::Duration;

use crate::{Failure, Outcome, signals};

/// Nobody sets this clock (clock_gettime(2)).
const CLOCK_MONOTONIC: c_int = 1;

/// `timespec` of 64-bit machines.
#[repr(C)]
struct TimeSpec {
    seconds: c_long,
    nanoseconds: c_long,
}

unsafe extern "C" {
    fn clock_gettime(clock: c_int, time: *mut TimeSpec) -> c_int;
}

/// `sleep SECONDS`, with fractions, or `infinity`.
pub(crate) fn sleep(arguments: &[String]) -> Outcome {
    let [seconds] = arguments else { return Err(Failure::Usage("sleep SECONDS")) };
    thread::sleep(duration(seconds).ok_or(Failure::Usage("sleep SECONDS"))?);
    Ok(0)
}

/// `ignore-term SECONDS`: only SIGKILL ends it earlier.
pub(crate) fn ignore_term(arguments: &[String]) -> Outcome {
    let [seconds] = arguments else { return Err(Failure::Usage("ignore-term SECONDS")) };
    let duration = duration(seconds).ok_or(Failure::Usage("ignore-term SECONDS"))?;
    signals::ignore_term();
    crate::output::line("ignoring SIGTERM")?;
    thread::sleep(duration);
    Ok(0)
}

/// `stamp`: when this program began, on the clock that all processes of the machine share.
pub(crate) fn stamp(_: &[String]) -> Outcome {
    let TimeSpec { seconds, nanoseconds } = monotonic_clock();
    crate::output::line(&format!("{seconds}.{nanoseconds:09}"))?;
    Ok(0)
}

/// A number of seconds with an optional fraction.
pub(crate) fn duration(seconds: &str) -> Option<Duration> {
    if seconds == "infinity" {
        return Some(Duration::MAX);
    }
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

fn monotonic_clock() -> TimeSpec {
    let mut time = TimeSpec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the pointer is a live value of the C library's type; every Linux has this clock.
    unsafe { clock_gettime(CLOCK_MONOTONIC, &mut time) };
    time
}
