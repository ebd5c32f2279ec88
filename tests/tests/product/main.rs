//! The real binary, real AWS clients, real containers.

mod cgroup_v2;
mod faults;
mod show;
mod tasks;
