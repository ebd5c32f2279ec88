//! The control plane as its users see it: inputs in, replies and views out, on a virtual clock.

mod harness;
mod leading;
mod leases;
mod random;
mod tasks;
