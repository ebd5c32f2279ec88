//! Commits: the leader loop with its clock, its timers and the store behind it.
//!
//! Takes in inputs; gives out their outcomes once they are durable, and publishes each durable root. Does not know who asks
//! nor what a command means.
//!
//! ```text
//! LeaderHandle ──inputs──► LeaderLoop (task) ──entries──► Committer (thread) ──► store
//!      ▲                        │ durable: root published, outcomes released
//!      └────────outcomes────────┘
//! ```
//! When a commit fails, everything that waits is refused, the store is loaded again with back-off, and reads go on meanwhile.

mod batch;
mod committer;
mod erase;
mod handle;
mod leader_loop;
mod recover;
mod retention;

pub(crate) use batch::entry;
pub(crate) use committer::Committer;
pub(crate) use handle::{LeaderHandle, Outcome};
pub(crate) use leader_loop::LeaderLoop;
pub use recover::RecoverError;
