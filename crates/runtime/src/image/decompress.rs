//! The plain bytes of a layer or archive, whatever it was packed with. The content decides, not the media type:
//! archives exist whose labels lie.

use std::io::{self, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::limits::ZSTD_WINDOW_LOG_MAX;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const MAGIC_BYTES: u64 = 4;

/// Decoders read in small steps; each step of the source may be a call to the kernel or an update of a digest.
const READ_AHEAD_BYTES: usize = 128 << 10;

/// The bytes that `packed` stands for: gzip and zstd are unpacked, all else is taken as it is.
pub(super) fn plain<'a>(mut packed: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut magic = Vec::new();
    packed.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
    let (is_gzip, is_zstd) = (magic.starts_with(GZIP), magic.starts_with(ZSTD));
    let whole = BufReader::with_capacity(READ_AHEAD_BYTES, Cursor::new(magic).chain(packed));
    if is_gzip {
        return Ok(Box::new(MultiGzDecoder::new(whole)));
    }
    if is_zstd {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(whole)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(whole))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        plain(packed)?.read_to_end(&mut bytes).map(|_| bytes)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_packing_gives_the_same_bytes() {
        let text = b"some text, some text, some text".as_slice();
        assert_eq!(unpacked(text).unwrap(), text);
        assert_eq!(unpacked(&gzip(text)).unwrap(), text);
        assert_eq!(unpacked(&zstd::encode_all(text, 0).unwrap()).unwrap(), text);
        assert_eq!(unpacked(b"").unwrap(), b"");
        assert_eq!(unpacked(b"ab").unwrap(), b"ab");
    }

    #[test]
    fn parts_in_a_row_are_one_text() {
        let parts = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpacked(&parts).unwrap(), b"one two");
    }

    #[test]
    fn a_truncated_stream_is_an_error() {
        let whole = gzip(&[7; 10_000]);
        assert!(unpacked(&whole[..whole.len() - 9]).is_err());
        let whole = zstd::encode_all([7_u8; 10_000].as_slice(), 0).unwrap();
        assert!(unpacked(&whole[..whole.len() - 1]).is_err());
    }
}
