//! One frame and its bytes.

/// Header bytes before the data.
pub(super) const HEADER_BYTES: usize = 16;

/// First byte of every frame, so that a reader at a wrong position notices.
const MAGIC: u8 = 0xa7;

/// Longest data of one frame: the size of the shim's buffer.
pub(crate) const DATA_BYTES_MAX: usize = 64 * 1024;

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Bytes of standard output, or of the terminal.
    Stdout,
    /// Bytes of standard error.
    Stderr,
    /// Output that could not be written, such as on a full disk: data is the number of bytes, in decimal digits.
    Dropped,
    /// Nothing follows. Missing when the shim was killed.
    End,
}

impl Stream {
    fn number(self) -> u8 {
        match self {
            Stream::Stdout => 1,
            Stream::Stderr => 2,
            Stream::Dropped => 3,
            Stream::End => 4,
        }
    }

    fn from_number(number: u8) -> Option<Stream> {
        [Stream::Stdout, Stream::Stderr, Stream::Dropped, Stream::End]
            .into_iter()
            .find(|stream| stream.number() == number)
    }
}

/// A piece of output as it was read from the container: any number of lines, not always whole ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it came from.
    pub stream: Stream,
    /// When the shim read it: wall clock, milliseconds since 1970.
    pub time_ms: u64,
    /// The bytes.
    pub data: Vec<u8>,
}

/// The bytes before a frame's data.
pub(super) fn header(stream: Stream, time_ms: u64, length: usize) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[0] = MAGIC;
    bytes[1] = stream.number();
    bytes[4..8].copy_from_slice(&(length as u32).to_le_bytes());
    bytes[8..16].copy_from_slice(&time_ms.to_le_bytes());
    bytes
}

/// What stands at the head of some bytes.
pub(super) enum Parsed {
    /// A frame, and how many bytes it took.
    Frame(Frame, usize),
    /// The beginning of a frame that is not written to its end yet.
    Incomplete,
    /// No frame.
    Damaged,
}

pub(super) fn parse(bytes: &[u8]) -> Parsed {
    let Some((head, rest)) = bytes.split_at_checked(HEADER_BYTES) else { return Parsed::Incomplete };
    let length = u32::from_le_bytes(head[4..8].try_into().expect("four bytes")) as usize;
    let time_ms = u64::from_le_bytes(head[8..16].try_into().expect("eight bytes"));
    let Some(stream) = Stream::from_number(head[1]) else { return Parsed::Damaged };
    if head[0] != MAGIC || length > DATA_BYTES_MAX {
        return Parsed::Damaged;
    }
    match rest.get(..length) {
        Some(data) => Parsed::Frame(Frame { stream, time_ms, data: data.to_vec() }, HEADER_BYTES + length),
        None => Parsed::Incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_back_and_its_parts_do_not() {
        let mut bytes = header(Stream::Stderr, 1_700_000_000_123, 2).to_vec();
        bytes.extend(b"hi and more");
        let Parsed::Frame(frame, length) = parse(&bytes) else { panic!("a whole frame") };
        assert_eq!(frame, Frame { stream: Stream::Stderr, time_ms: 1_700_000_000_123, data: b"hi".to_vec() });
        assert_eq!(length, HEADER_BYTES + 2);
        assert!(matches!(parse(&bytes[..HEADER_BYTES + 1]), Parsed::Incomplete));
        assert!(matches!(parse(&bytes[..3]), Parsed::Incomplete));
        assert!(matches!(parse(&bytes[1..]), Parsed::Damaged));
    }
}
