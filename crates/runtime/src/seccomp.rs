//! Which system calls a container may make: Docker's default rules, compiled to a filter for the kernel.
//!
//! Takes in: the container's capabilities, because each opens the calls that are useless without it.
//! Gives out: a [`Filter`] that is loaded right before the program runs.
//!
//! * A call that is not allowed answers EPERM.
//! * `clone3` answers ENOSYS, so that C libraries fall back to `clone`, whose flags a filter can read.
//! * A call that is newer than the rules answers ENOSYS, so that programs fall back too. On x86-64 this holds for the
//!   x32 numbers as well.
//! * A call through another architecture's entry (32-bit code) ends the process with SIGSYS. Docker lets 32-bit code
//!   pass the same rules; this is on the page of differences.

mod compile;
mod load;
mod rules;
mod table;

pub(crate) use load::Filter;
