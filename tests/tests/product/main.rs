//! The real binary, real AWS clients, real containers.

mod faults;
mod show;
mod tasks;
