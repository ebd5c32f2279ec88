//! The shell of the control plane: it listens, reads clocks and entropy, commits, and tells nodes what to run; everything
//! that is decided is decided in `orchestrator`, everything that AWS words is worded in `facade`.
//!
//! Takes in HTTP requests and agents' sessions; gives out answers, assignments and the endpoints under `/_gantry/`
//! (docs/gantry-api.md). The way of a request: `listener` → `pipeline` → `commit` (writes) or `published` (reads).
//! Does not know images, containers or the node's system.

pub mod api;
mod authenticate;
mod clock;
mod commit;
mod credentials;
pub mod explain;
mod http;
mod listener;
mod pipeline;
mod plane;
mod platform;
mod published;
mod server;
mod sessions;
mod settings;
mod stop;

pub use commit::RecoverError;
pub use credentials::{RootKey, RootKeyError};
pub use listener::{BindError, HttpListener};
pub use platform::{ResetError, frames};
pub use server::{ControlPlane, Parts, RangeCheck, StartError};
pub use settings::{Auth, DEFAULT_ACCOUNT, DEFAULT_VPC_CIDR, Settings};
