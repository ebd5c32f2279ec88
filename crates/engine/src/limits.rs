//! How long things may take and how often they are tried. Where AWS's agent has a figure, it is that one.

/// Until a task has its network interface. It takes milliseconds where all is well.
pub const ATTACH_LIMIT_MS: u64 = 60_000;

/// Until an image is there: AWS's `ECS_IMAGE_PULL_TIMEOUT`.
pub const PULL_LIMIT_MS: u64 = 2 * 60 * 60 * 1000;

/// Until a task's files are there. It takes milliseconds where all is well.
pub const FILES_LIMIT_MS: u64 = 60_000;

/// Until a container is made: AWS's `ECS_CONTAINER_CREATE_TIMEOUT`.
pub const CREATE_LIMIT_MS: u64 = 4 * 60 * 1000;

/// Until a container runs: AWS's `ECS_CONTAINER_START_TIMEOUT`.
pub const START_LIMIT_MS: u64 = 3 * 60 * 1000;

/// Between two tries of something that may yet succeed.
pub const RETRY_MS: u64 = 500;

/// Between two tries of a removal: nobody waits for it any more.
pub const REMOVE_RETRY_MS: u64 = 5_000;

/// After so many failures of a removal the task is STOPPED all the same: users wait for that. It is released, and its
/// address and capacity are free, only when everything is removed.
pub const REMOVE_FAILURES_BEFORE_STOPPED: u32 = 3;

/// A container that survives SIGKILL is in the kernel's hands; the signal is repeated in case it was lost.
pub const KILL_AGAIN_MS: u64 = 10_000;

/// What asks a process to stop where its image names no other signal.
pub const SIGTERM: i32 = 15;
