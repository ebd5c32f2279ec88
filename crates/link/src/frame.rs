//! Payloads ⇄ byte stream.

use crate::codec::{Codec, Malformed};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest frame. The largest message is the whole of a node's assignments: 2,000 tasks of a generous 16 KiB each.
/// A longer frame is refused before any of it is kept.
pub const FRAME_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Bytes of the length in front of each payload.
const LENGTH_BYTES: usize = 4;

/// Room for one read: a pipe's worth.
const READ_BYTES: usize = 64 * 1024;

/// A connection came to an end that nobody wished for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The stream of bytes broke.
    #[error("the connection broke")]
    Io(#[from] io::Error),
    /// The other side went away in the middle of a frame.
    #[error("the connection ended in the middle of a frame")]
    Torn,
    /// The other side announced a frame longer than [`FRAME_BYTES_MAX`].
    #[error("a frame of {length} bytes is longer than the limit of {FRAME_BYTES_MAX}")]
    TooLong {
        /// The announced length.
        length: usize,
    },
    /// The other side said something that is no message here.
    #[error("the other side is not understood")]
    Malformed(#[from] Malformed),
    /// The other side said nothing for too long, or took nothing.
    #[error("the other side did not answer within {limit_ms} ms")]
    Silent {
        /// The bound.
        limit_ms: u64,
    },
    /// The other side closed the connection before it began.
    #[error("the connection was closed before the first message")]
    NoOpening,
}

/// Reads frames. Dropping a future of [`FrameReader::read`] loses nothing: what arrived stays in the buffer.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    from: R,
    buffer: Vec<u8>,
    /// Bytes at the front of the buffer that were given out.
    taken: usize,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, buffer: Vec::new(), taken: 0 }
    }

    /// The next message; `None` when the other side closed between two frames.
    pub(crate) async fn read<M: Codec>(&mut self) -> Result<Option<M>, LinkError> {
        loop {
            if let Some(length) = self.payload_length()? {
                let start = self.taken + LENGTH_BYTES;
                self.taken = start + length;
                return Ok(Some(M::decode(&self.buffer[start..self.taken])?));
            }
            self.make_room();
            if self.from.read_buf(&mut self.buffer).await? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(LinkError::Torn) };
            }
        }
    }

    /// Length of the next frame's payload, once all of it is here.
    fn payload_length(&self) -> Result<Option<usize>, LinkError> {
        let rest = &self.buffer[self.taken..];
        let Some((header, payload)) = rest.split_first_chunk() else { return Ok(None) };
        let length = u32::from_be_bytes(*header) as usize;
        if length > FRAME_BYTES_MAX {
            return Err(LinkError::TooLong { length });
        }
        Ok((payload.len() >= length).then_some(length))
    }

    /// Drops what was given out. The memory of a rare long frame goes back with it.
    fn make_room(&mut self) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.shrink_to(self.buffer.len() + READ_BYTES);
        self.buffer.reserve(READ_BYTES);
    }
}

/// Appends a message's frame to `bytes`. A message that is too long for the link is an error of its sender.
pub(crate) fn append_frame<M: Codec>(message: &M, bytes: &mut Vec<u8>) -> Result<(), LinkError> {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; LENGTH_BYTES]);
    message.encode(bytes);
    let length = bytes.len() - start - LENGTH_BYTES;
    if length > FRAME_BYTES_MAX {
        bytes.truncate(start);
        return Err(LinkError::TooLong { length });
    }
    let length = u32::try_from(length).expect("the limit is below 4 GiB");
    bytes[start..start + LENGTH_BYTES].copy_from_slice(&length.to_be_bytes());
    Ok(())
}
