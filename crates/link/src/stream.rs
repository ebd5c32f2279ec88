//! The frames of a stream: the output of a container, or a process that is run in one.
//!
//! ```text
//! agent  ──► server   Stdout Stderr Lost …  then End (logs) or Exit (exec); Error instead of either
//! server ──► agent    Stdin StdinEnd Resize
//! payload = kind (1), then   data | time_ms (8, big-endian) data | JSON
//! ```

use crate::codec::{Codec, Malformed};
use crate::connection::Connection;
use serde::{Deserialize, Serialize};

/// Longest data of one frame: a pipe's worth.
pub const STREAM_DATA_BYTES_MAX: usize = 64 * 1024;

/// A stream, seen from either side.
pub type StreamConnection = Connection<StreamFrame, StreamFrame>;

/// One frame of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamFrame {
    /// Bytes for the process's standard input.
    Stdin(Vec<u8>),
    /// The process's standard input is at its end.
    StdinEnd,
    /// Bytes of standard output, or of the terminal, and when they were read: wall clock, milliseconds since 1970.
    Stdout {
        /// When they were read.
        time_ms: u64,
        /// At most [`STREAM_DATA_BYTES_MAX`].
        data: Vec<u8>,
    },
    /// Bytes of standard error, as for standard output.
    Stderr {
        /// When they were read.
        time_ms: u64,
        /// At most [`STREAM_DATA_BYTES_MAX`].
        data: Vec<u8>,
    },
    /// So many bytes of output are gone: they were older than what is kept.
    Lost {
        /// How many.
        bytes: u64,
    },
    /// The terminal has a new size.
    Resize {
        /// Height in characters.
        rows: u16,
        /// Width in characters.
        columns: u16,
    },
    /// The process has ended; nothing follows.
    Exit {
        /// Its exit status, or 128 + the signal's number.
        code: i32,
    },
    /// The stream could not be served; nothing follows.
    Error {
        /// Why, for people.
        text: String,
    },
    /// Nothing follows.
    End,
}

/// What is small and rare crosses as JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Control {
    StdinEnd,
    Lost { bytes: u64 },
    Resize { rows: u16, columns: u16 },
    Exit { code: i32 },
    Error { text: String },
    End,
}

const CONTROL: u8 = 0;
const STDIN: u8 = 1;
const STDOUT: u8 = 2;
const STDERR: u8 = 3;

impl Codec for StreamFrame {
    fn encode(&self, payload: &mut Vec<u8>) {
        match self {
            Self::Stdin(data) => put(payload, STDIN, &[data]),
            Self::Stdout { time_ms, data } => put(payload, STDOUT, &[&time_ms.to_be_bytes(), data]),
            Self::Stderr { time_ms, data } => put(payload, STDERR, &[&time_ms.to_be_bytes(), data]),
            Self::StdinEnd => put_control(payload, &Control::StdinEnd),
            Self::Lost { bytes } => put_control(payload, &Control::Lost { bytes: *bytes }),
            Self::Resize { rows, columns } => {
                put_control(payload, &Control::Resize { rows: *rows, columns: *columns })
            }
            Self::Exit { code } => put_control(payload, &Control::Exit { code: *code }),
            Self::Error { text } => put_control(payload, &Control::Error { text: text.clone() }),
            Self::End => put_control(payload, &Control::End),
        }
    }

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let unreadable = || Malformed::StreamFrame { kind: payload.first().copied(), length: payload.len() };
        let (kind, content) = payload.split_first().ok_or_else(unreadable)?;
        match *kind {
            CONTROL => Ok(serde_json::from_slice::<Control>(content)?.into()),
            STDIN => Ok(Self::Stdin(content.to_vec())),
            STDOUT => {
                timed(content).map(|(time_ms, data)| Self::Stdout { time_ms, data }).ok_or_else(unreadable)
            }
            STDERR => {
                timed(content).map(|(time_ms, data)| Self::Stderr { time_ms, data }).ok_or_else(unreadable)
            }
            _ => Err(unreadable()),
        }
    }
}

impl From<Control> for StreamFrame {
    fn from(control: Control) -> Self {
        match control {
            Control::StdinEnd => Self::StdinEnd,
            Control::Lost { bytes } => Self::Lost { bytes },
            Control::Resize { rows, columns } => Self::Resize { rows, columns },
            Control::Exit { code } => Self::Exit { code },
            Control::Error { text } => Self::Error { text },
            Control::End => Self::End,
        }
    }
}

fn put(payload: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    payload.push(kind);
    parts.iter().for_each(|part| payload.extend_from_slice(part));
}

fn put_control(payload: &mut Vec<u8>, control: &Control) {
    payload.push(CONTROL);
    serde_json::to_writer(payload, control)
        .expect("control frames are plain values, and memory takes every byte");
}

fn timed(content: &[u8]) -> Option<(u64, Vec<u8>)> {
    let (time_ms, data) = content.split_first_chunk()?;
    Some((u64::from_be_bytes(*time_ms), data.to_vec()))
}
