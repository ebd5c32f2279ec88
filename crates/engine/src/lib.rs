//! The task engine of a node: it decides, for each task that the node was given, what to do next.
//!
//! Takes in [`Event`]s (assignments, results of actions, ends of containers, the passing of time) with the node's time.
//! Gives out [`Action`]s for a shell to perform, and reports of what was seen. Does not know how anything is performed:
//! no clock, no randomness, no I/O, no threads. Any event may come late, twice, or not at all: facts are merged, and each
//! step asks the whole task what it still needs, so that start, recovery and normal work are one code path.
//!
//! ```text
//!   assignment ─► PROVISIONING ─► PENDING ─► ACTIVATING ─► RUNNING
//!                 attach network  files,     create all,      │ an essential container ended, or stop wanted
//!                      │          pull once  then start all   │
//!                      │          per image       │           ▼
//!                      └── failed ──┴── failed ───┴──► DEACTIVATING ─► STOPPING ─► DEPROVISIONING ─► STOPPED ─► forgotten
//!                                                                      SIGTERM,    remove containers, when the
//!                                                                      SIGKILL     network, files     control plane has
//! ```
//! What must survive the agent is a [`TaskRecord`]: the engine says when to save it and when that must also survive the
//! host. Everything else is found again by looking at the runtime.

mod action;
mod assignments;
mod container;
mod engine;
mod event;
mod limits;
mod record;
mod resource;
mod task;
mod text;

pub use action::Action;
pub use engine::Engine;
pub use event::{ContainerExit, Event, ExitCause, Failure, Found, FoundContainer, PulledImage};
pub use limits::*;
pub use record::{ContainerRecord, NodeRecord, RecordError, TaskRecord};
pub use task::{ContainerSeen, TaskSeen};
