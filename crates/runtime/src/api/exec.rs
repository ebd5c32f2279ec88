//! A further process in a running container.

use super::{ExecError, RuntimeError};
use serde::{Deserialize, Serialize};

/// What to run inside a running container. What is `None` or empty is taken from the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecSpec {
    /// Program and arguments; at least one.
    pub args: Vec<String>,
    /// `NAME=value`, added to the container's environment; wins over it.
    pub env: Vec<String>,
    /// Working directory.
    pub cwd: Option<String>,
    /// User, in the forms of [`super::ContainerSpec::user`].
    pub user: Option<String>,
    /// Gives the process a terminal of this size.
    pub tty: Option<WindowSize>,
}

/// Size of a terminal in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSize {
    /// Height.
    pub rows: u16,
    /// Width.
    pub columns: u16,
}

/// A process that [`super::Runtime::exec`] started. Dropping the handle kills it.
pub trait ExecHandle: Send + Sync {
    /// Process id as the host sees it.
    fn pid(&self) -> u32;

    /// Waits for its end and says how: exit status, or 128 + the signal's number. May be asked again.
    fn wait(&self) -> Result<i32, ExecError>;

    /// Gives its terminal a new size; an error without a terminal.
    fn resize(&self, size: WindowSize) -> Result<(), RuntimeError>;

    /// Sends a signal to the process.
    fn signal(&self, signal: i32) -> Result<(), RuntimeError>;
}
