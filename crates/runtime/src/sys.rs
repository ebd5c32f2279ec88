//! Thin, safe wrappers over what the kernel offers and the standard library does not.
//!
//! Takes in and gives out descriptors, numbers and `io::Result`. Does not know: containers.

pub(crate) mod channel;
pub(crate) mod mount;
pub(crate) mod pidfd;
pub(crate) mod process;
pub(crate) mod ready;
pub(crate) mod time;
