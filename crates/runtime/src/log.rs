//! A container's output on disk: frames in segments, written by its shim, read by the agent.
//!
//! Takes in: bytes of standard output and error. Gives out: [`Frame`]s with their time, from any position, while the
//! container runs and after. Neither side waits for the other: a writer that is far ahead deletes the oldest segment,
//! and a reader that is far behind learns how much it has lost. Does not know: lines, tasks, log drivers.
//!
//! ```text
//! DIR/00000000000000000000.log     frames from byte 0 on
//! DIR/00000000000016777300.log     frames from byte 16777300 on: the name is the position of the first frame
//!
//! frame = magic (1) stream (1) zero (2) length (4) time_ms (8) data (length)       numbers little-endian
//! ```
//! A position counts bytes of frames since the container was made; it survives restarts and deleted segments.

mod frame;
mod read;
mod watch;
mod write;

pub(crate) use frame::DATA_BYTES_MAX;
pub use frame::{Frame, Stream};
pub use read::{Batch, LogReader};
pub use watch::{LogWatch, WatchId};
pub(crate) use write::{LogLimits, LogWriter};
