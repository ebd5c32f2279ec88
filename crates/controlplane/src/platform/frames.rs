//! Stream frames on a connection that was upgraded: each frame is its length (u32, big-endian) and the payload that
//! crosses the link as well. For both ends: the server, and the client of `POST exec`.

use gantry_link::{Codec, STREAM_DATA_BYTES_MAX, StreamFrame};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest payload: a piece of data with its kind and time.
const PAYLOAD_BYTES_MAX: usize = STREAM_DATA_BYTES_MAX + 64;

/// The next frame; `None` when the other side has closed between two frames.
///
/// # Errors
/// The connection broke, or what came is no frame.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<StreamFrame>> {
    let length = match from.read_u32().await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other? as usize,
    };
    if length > PAYLOAD_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than the limit"));
    }
    let mut payload = vec![0; length];
    from.read_exact(&mut payload).await?;
    StreamFrame::decode(&payload).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Sends a frame.
///
/// # Errors
/// The connection broke.
pub async fn write(to: &mut (impl AsyncWrite + Unpin), frame: &StreamFrame) -> io::Result<()> {
    let mut bytes = vec![0; 4];
    frame.encode(&mut bytes);
    let length = u32::try_from(bytes.len() - 4).expect("frames are far smaller than 4 GiB");
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    to.write_all(&bytes).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_cross_and_nonsense_does_not() {
        let (mut near, mut far) = tokio::io::duplex(1024);
        let frame = StreamFrame::Stdout { time_ms: 5, data: b"hello".to_vec() };
        write(&mut near, &frame).await.unwrap();
        assert_eq!(read(&mut far).await.unwrap(), Some(frame));
        near.write_all(&u32::MAX.to_be_bytes()).await.unwrap();
        assert!(read(&mut far).await.is_err());
        drop(near);
        assert_eq!(read(&mut far).await.unwrap(), None);
    }
}
