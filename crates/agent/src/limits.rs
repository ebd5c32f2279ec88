//! How much of anything there may be at once.

/// Ends of containers that wait to be taken in. Each container ends once, and a node has fewer containers than this.
pub const EXITS_MAX: usize = 16_384;

/// Results of actions that wait to be taken in; whoever performs waits beyond that.
pub const RESULTS_MAX: usize = 1_024;

/// Messages of the control plane that wait to be taken in; the connection is not read beyond that.
pub const SESSION_EVENTS_MAX: usize = 64;

/// Messages to the control plane, reports aside, that wait for the session. All may be lost with it.
pub const SESSION_MESSAGES_MAX: usize = 64;

/// Images that are being pulled at once: more would only share the same line and disk.
pub const PULLS_MAX: usize = 4;

/// Containers that are being made or started at once. Each is a few milliseconds of kernel work on one thread.
pub const STARTS_MAX: usize = 16;

/// Records that are being brought to the disk at once: the file system joins them into few writes.
pub const SYNCS_MAX: usize = 32;

/// Tasks in one report: a few hundred bytes each, far below a frame.
pub const TASKS_PER_REPORT_MAX: usize = 1_000;

/// Reports that may be unacknowledged. One is enough for correctness; several hide the time of a commit.
pub const REPORTS_IN_FLIGHT_MAX: usize = 8;

/// Log and exec streams that are served at once; beyond that they are refused with a text.
pub const STREAMS_MAX: usize = 128;

/// Connections to the metadata endpoint of one task.
pub const METADATA_CONNECTIONS_MAX: usize = 64;

/// Requests per second to the metadata endpoint of one task, in the long run and at once (`ECS_TASK_METADATA_RPS_LIMIT`).
pub const METADATA_REQUESTS_PER_S: u32 = 40;
/// See [`METADATA_REQUESTS_PER_S`].
pub const METADATA_REQUESTS_BURST: u32 = 60;

/// How long a client of the metadata endpoint may take for the head of its request, as in AWS's agent.
pub const METADATA_READ_LIMIT_MS: u64 = 5_000;

/// Tasks whose output is kept after they are forgotten. A container keeps at most 64 MiB.
pub const ENDED_LOGS_MAX: usize = 256;

/// Lines that a reader of a log may ask for from its end.
pub const TAIL_LINES_MAX: u64 = 100_000;

/// First pause between two attempts to connect; it doubles up to the longest, and each is shortened by chance.
pub const RECONNECT_MIN_MS: u64 = 50;
/// See [`RECONNECT_MIN_MS`]: a control plane that is back should not wait long for its nodes.
pub const RECONNECT_MAX_MS: u64 = 5_000;
/// Pause after a refusal that only an upgrade can change.
pub const REFUSED_PAUSE_MS: u64 = 30_000;

/// Pause before a record that could not be written is tried again: a full disk may have space soon.
pub const SAVE_RETRY_MS: u64 = 1_000;

/// Memory that is left to the host and to the agent itself, not offered to tasks.
pub const RESERVED_MEMORY_MIB: u64 = 256;

/// Interfaces that a node offers where nobody says otherwise: so many tasks it may run.
pub const ENIS_DEFAULT: u64 = 2_000;
