//! A tar stream, entry by entry: bytes in, names with their properties and contents out. Writes nothing.
//!
//! Reads ustar, GNU long names and PAX records, each within a limit, so that a hostile archive cannot fill the
//! memory. Sparse entries are refused: no image builder makes them, and reading them as plain files would be wrong.
//! Sources: POSIX pax(1), the GNU tar manual ("Basic Tar Format").

// The types of entries are an open enum: what is not named here is refused.
#![allow(clippy::wildcard_enum_match_arm)]

use std::io::{self, Read};
use std::ops::Range;

use tar::{EntryType, Header};

use super::limits::TAR_EXTENSION_BYTES_MAX;
use super::tar_extensions::Extensions;

const BLOCK_BYTES: usize = 512;

/// Where the checksum stands in a header; it is summed as if it were spaces.
const CHECKSUM: Range<usize> = 148..156;

/// One member of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// As the archive has it: may be absolute, may climb.
    pub(super) path: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mtime: Mtime,
    /// Extended attributes by name.
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Bytes of content that follow.
    pub(super) size: u64,
}

/// What a member is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    File,
    Directory,
    /// With what it points to.
    Symlink(Vec<u8>),
    /// With the name of an earlier member.
    HardLink(Vec<u8>),
    Character {
        major: u32,
        minor: u32,
    },
    Block {
        major: u32,
        minor: u32,
    },
    Fifo,
}

/// Time of the last change since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mtime {
    pub(super) seconds: i64,
    pub(super) nanoseconds: u32,
}

/// Why a stream is no readable tar archive.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The stream failed or ended too early.
    #[error("cannot read the archive")]
    Read(#[from] io::Error),
    /// A header that is none, or a number that is none.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// A long name or attributes over the limit.
    #[error("a name or the attributes of a file take {0} bytes, more than {TAR_EXTENSION_BYTES_MAX}")]
    ExtensionTooLong(u64),
    /// A kind of entry that images do not have.
    #[error("the archive holds an entry of the unsupported type `{0}`")]
    Unsupported(char),
}

/// What of an archive can be passed over without reading it.
pub(super) trait Skip: Read {
    /// Passes over `count` bytes.
    fn skip(&mut self, count: u64) -> io::Result<()>;
}

/// Reads what it passes over; for streams, whose digest needs every byte.
pub(super) struct Stream<R>(pub(super) R);

/// Reads an archive member by member. The content of the current one is what [`Read`] gives.
pub(super) struct TarReader<S> {
    source: S,
    /// Bytes read or skipped so far.
    position: u64,
    content_left: u64,
    padding: u64,
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Skip for Stream<R> {
    fn skip(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.0.by_ref().take(count), &mut io::sink())?;
        if skipped < count { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl<S: Skip> TarReader<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, position: 0, content_left: 0, padding: 0 }
    }

    /// Where in the stream the content of the current entry starts, as long as none of it was read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next member; `None` at the end of the archive.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, TarError> {
        let mut extensions = Extensions::default();
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else { return Ok(None) };
            let size = header.entry_size().map_err(|_| TarError::Damaged("a size is no number"))?;
            match header.entry_type() {
                EntryType::XGlobalHeader => self.expect_content(size)?,
                EntryType::XHeader => extensions.read_pax(&self.extension(size)?)?,
                EntryType::GNULongName => extensions.set_long_name(self.extension(size)?),
                EntryType::GNULongLink => extensions.set_long_link(self.extension(size)?),
                _ => return self.entry(&header, extensions).map(Some),
            }
        }
    }

    fn entry(&mut self, header: &Header, extensions: Extensions) -> Result<Entry, TarError> {
        let damaged = |what| move |_| TarError::Damaged(what);
        let path = extensions.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let link = extensions.link.or_else(|| header.link_name_bytes().map(|link| link.into_owned()));
        let size = extensions
            .size
            .map_or_else(|| header.entry_size(), Ok)
            .map_err(damaged("a size is no number"))?;
        let fields = header.as_old();
        let uid = extensions.uid.map_or_else(|| unless_blank(&fields.uid, || header.uid()), Ok);
        let gid = extensions.gid.map_or_else(|| unless_blank(&fields.gid, || header.gid()), Ok);
        let mode = unless_blank(&fields.mode, || header.mode().map(u64::from));
        let kind = kind(header, &path, link.unwrap_or_default())?;
        // Only files have content; old tools write the size of a hard link's target into its header.
        let size = if kind == Kind::File { size } else { 0 };
        self.expect_content(size)?;
        Ok(Entry {
            path,
            kind,
            mode: mode.map_err(damaged("a mode is no number"))? as u32 & 0o7777,
            uid: id(uid.map_err(damaged("an owner is no number"))?)?,
            gid: id(gid.map_err(damaged("a group is no number"))?)?,
            mtime: extensions.mtime.unwrap_or_else(|| whole_seconds(header)),
            xattrs: extensions.xattrs,
            size,
        })
    }

    /// The next header block; `None` at the zero block that ends an archive, or where the stream ends without one.
    fn header(&mut self) -> Result<Option<Header>, TarError> {
        let mut block = [0; BLOCK_BYTES];
        let mut filled = 0;
        while filled < BLOCK_BYTES {
            match self.source.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(TarError::Damaged("it ends inside a header")),
                count => filled += count,
            }
        }
        self.position += BLOCK_BYTES as u64;
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let header = Header::from_byte_slice(&block);
        let stated = header.cksum().map_err(|_| TarError::Damaged("a checksum is no number"))?;
        if stated != checksum(&block) {
            return Err(TarError::Damaged("the checksum of a header is wrong"));
        }
        Ok(Some(header.clone()))
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > TAR_EXTENSION_BYTES_MAX {
            return Err(TarError::ExtensionTooLong(size));
        }
        self.expect_content(size)?;
        let mut content = vec![0; size as usize];
        self.read_exact(&mut content)?;
        Ok(content)
    }

    fn expect_content(&mut self, size: u64) -> Result<(), TarError> {
        let blocks = size.checked_next_multiple_of(BLOCK_BYTES as u64);
        self.padding = blocks.ok_or(TarError::Damaged("a size is beyond all bounds"))? - size;
        self.content_left = size;
        Ok(())
    }

    fn skip_rest(&mut self) -> Result<(), TarError> {
        let rest = self.content_left + self.padding;
        self.source.skip(rest)?;
        self.position += rest;
        (self.content_left, self.padding) = (0, 0);
        Ok(())
    }
}

impl<S: Skip> Read for TarReader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.content_left.min(buffer.len() as u64) as usize;
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.source.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.content_left -= count as u64;
        self.position += count as u64;
        Ok(count)
    }
}

fn kind(header: &Header, path: &[u8], link: Vec<u8>) -> Result<Kind, TarError> {
    let device =
        || -> Option<(u32, u32)> { Some((header.device_major().ok()??, header.device_minor().ok()??)) };
    let device = || device().ok_or(TarError::Damaged("a device has no number"));
    Ok(match header.entry_type() {
        // Before POSIX, a folder was a file whose name ends in a slash.
        EntryType::Regular | EntryType::Continuous if path.ends_with(b"/") => Kind::Directory,
        EntryType::Regular | EntryType::Continuous => Kind::File,
        EntryType::Directory => Kind::Directory,
        EntryType::Symlink => Kind::Symlink(link),
        EntryType::Link => Kind::HardLink(link),
        EntryType::Fifo => Kind::Fifo,
        EntryType::Char => device().map(|(major, minor)| Kind::Character { major, minor })?,
        EntryType::Block => device().map(|(major, minor)| Kind::Block { major, minor })?,
        other => return Err(TarError::Unsupported(char::from(other.as_byte()))),
    })
}

/// Some tools leave fields empty that they have no value for.
fn unless_blank(field: &[u8], parse: impl FnOnce() -> io::Result<u64>) -> io::Result<u64> {
    let is_blank = field.iter().all(|byte| matches!(byte, 0 | b' '));
    if is_blank { Ok(0) } else { parse() }
}

fn id(number: u64) -> Result<u32, TarError> {
    u32::try_from(number).map_err(|_| TarError::Damaged("an owner or group is over 32 bits"))
}

fn whole_seconds(header: &Header) -> Mtime {
    let seconds = header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
    Mtime { seconds: seconds.unwrap_or_default(), nanoseconds: 0 }
}

fn checksum(block: &[u8; BLOCK_BYTES]) -> u32 {
    let own = block[CHECKSUM].iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let all = block.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    all - own + CHECKSUM.len() as u32 * u32::from(b' ')
}

#[cfg(test)]
mod tests {
    use super::super::build::LayerBuilder;
    use super::*;

    fn entries(archive: &[u8]) -> Result<Vec<Entry>, TarError> {
        let mut reader = TarReader::new(Stream(archive));
        std::iter::from_fn(|| reader.next().transpose()).collect()
    }

    fn names(archive: &[u8]) -> Vec<String> {
        let name = |entry: Entry| String::from_utf8(entry.path).unwrap();
        entries(archive).unwrap().into_iter().map(name).collect()
    }

    fn sample() -> Vec<u8> {
        LayerBuilder::new()
            .owner(1, 2)
            .file("a", 0o640, b"content")
            .folder("b", 0o755)
            .symlink("c", "a")
            .into_tar()
    }

    #[test]
    fn entries_come_with_properties_and_content() {
        let archive = sample();
        let mut reader = TarReader::new(Stream(archive.as_slice()));
        let first = reader.next().unwrap().unwrap();
        assert_eq!(
            (first.path, first.mode, first.uid, first.gid, first.size),
            (b"a".to_vec(), 0o640, 1, 2, 7)
        );
        assert_eq!(reader.position(), 512);
        let mut content = String::new();
        reader.read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        assert_eq!(reader.next().unwrap().unwrap().kind, Kind::Directory);
        assert_eq!(reader.next().unwrap().unwrap().kind, Kind::Symlink(b"a".to_vec()));
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn content_that_is_not_read_is_passed_over() {
        assert_eq!(names(&sample()), ["a", "b", "c"]);
    }

    #[test]
    fn an_archive_without_an_end_is_read_to_its_end() {
        let archive = sample();
        assert_eq!(names(&archive[..archive.len() - 1024]), ["a", "b", "c"]);
    }

    #[test]
    fn no_cut_is_taken_for_the_whole() {
        let archive = LayerBuilder::new().file("a", 0o644, &[7; 600]).into_tar();
        for end in 1..512 + 1024 {
            assert!(entries(&archive[..end]).is_err(), "cut after {end}");
        }
    }

    #[test]
    fn every_damaged_byte_of_a_header_is_noticed() {
        let archive = LayerBuilder::new().file("a", 0o644, b"").into_tar();
        for at in 0..512 {
            let mut damaged = archive.clone();
            damaged[at] ^= 0x11;
            assert!(entries(&damaged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_content_of_what_has_none_is_ignored() {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Link);
        header.set_size(600);
        header.set_cksum();
        let archive =
            [header.as_bytes().as_slice(), &LayerBuilder::new().file("c", 0o644, b"").into_tar()].concat();
        assert_eq!(names(&archive), ["", "c"]);
    }

    #[test]
    fn sizes_beyond_all_bounds_do_not_overflow() {
        let record = format!("29 size={}\n", u64::MAX);
        assert_eq!(record.len(), 29);
        let archive = LayerBuilder::new().entry("x", EntryType::XHeader, 0o644, "", record.as_bytes());
        assert!(matches!(entries(&archive.file("a", 0o644, b"").into_tar()), Err(TarError::Damaged(_))));
    }
}
