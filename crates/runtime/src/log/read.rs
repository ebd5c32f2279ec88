//! The reading side: any number of readers, none of which the writer knows.

use super::frame::{DATA_BYTES_MAX, Frame, HEADER_BYTES, Parsed, Stream, parse};
use super::write::{segment_name, segment_position};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Reads a container's output from a position on.
#[derive(Debug)]
pub struct LogReader {
    dir: PathBuf,
    position: u64,
    ended: bool,
    /// The segment that was read last, with the position of its first frame.
    open: Option<(u64, File)>,
}

/// What one call of [`LogReader::read`] found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order of writing.
    pub frames: Vec<Frame>,
    /// Bytes of frames that were deleted, or unreadable, before these could be read.
    pub lost_bytes: u64,
    /// The writer said that nothing follows.
    pub ended: bool,
}

impl LogReader {
    /// `position` is 0 or what [`LogReader::position`] gave. The folder need not exist yet.
    pub fn new(dir: &Path, position: u64) -> LogReader {
        LogReader { dir: dir.to_owned(), position, ended: false, open: None }
    }

    /// Behind the last frame that was read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The frames that are there now, about `bytes_max` of them; none when the reader is at the end. Never waits.
    pub fn read(&mut self, bytes_max: usize) -> io::Result<Batch> {
        let mut batch = Batch::default();
        let mut left = bytes_max;
        while !self.ended {
            let read = self.read_segment(left, &mut batch)?;
            left = left.saturating_sub(read);
            if left == 0 || (read == 0 && !self.move_on(&mut batch)?) {
                break;
            }
        }
        batch.ended = self.ended;
        Ok(batch)
    }

    /// Takes whole frames from the current segment. Answers how many bytes they took.
    fn read_segment(&mut self, bytes_max: usize, batch: &mut Batch) -> io::Result<usize> {
        let Some((start, file)) = &self.open else { return Ok(0) };
        // Room for one frame at least, or a long one could never be read.
        let mut bytes = vec![0; bytes_max.clamp(HEADER_BYTES + DATA_BYTES_MAX, READ_BYTES_MAX)];
        let filled = file.read_at(&mut bytes, self.position - start)?;
        let mut taken = 0;
        loop {
            match parse(&bytes[taken..filled]) {
                Parsed::Frame(frame, length) => {
                    taken += length;
                    self.ended = frame.stream == Stream::End;
                    batch.frames.push(frame);
                }
                Parsed::Incomplete => break,
                Parsed::Damaged => {
                    // Nothing behind this point can be found; a later segment starts afresh.
                    let end = file.metadata()?.len();
                    batch.lost_bytes += (start + end).saturating_sub(self.position + taken as u64);
                    self.position = start + end;
                    return Ok(taken);
                }
            }
        }
        self.position += taken as u64;
        Ok(taken)
    }

    /// Opens the segment that holds the position. `false` when it is open already and there is no other.
    fn move_on(&mut self, batch: &mut Batch) -> io::Result<bool> {
        let starts = segments(&self.dir)?;
        let holding = starts.iter().rev().find(|start| **start <= self.position);
        let Some(&start) = holding.or(starts.first()) else { return Ok(false) };
        if self.open.as_ref().is_some_and(|(open, _)| *open == start) {
            return Ok(false);
        }
        let file = match File::open(self.dir.join(segment_name(start))) {
            // Deleted between the two looks: the next look finds a later one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            other => other?,
        };
        batch.lost_bytes += start.saturating_sub(self.position);
        self.position = self.position.max(start);
        self.open = Some((start, file));
        Ok(true)
    }
}

/// Most that one call takes into memory.
const READ_BYTES_MAX: usize = 1024 * 1024;

fn segments(dir: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut starts = Vec::new();
    for entry in entries {
        starts.extend(entry?.file_name().to_str().and_then(segment_position));
    }
    starts.sort_unstable();
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogLimits, LogWriter};

    fn writer(dir: &Path, segment_bytes_max: u64, segments_max: u32) -> LogWriter {
        let limits = LogLimits { segment_bytes_max, segments_max };
        LogWriter::open(File::open(dir).unwrap().into(), limits).unwrap()
    }

    fn texts(batch: &Batch) -> Vec<&str> {
        batch.frames.iter().map(|frame| std::str::from_utf8(&frame.data).unwrap()).collect()
    }

    #[test]
    fn a_reader_follows_a_writer_over_segments() {
        let dir = tempfile::tempdir().unwrap();
        let mut reader = LogReader::new(dir.path(), 0);
        assert_eq!(reader.read(1000).unwrap(), Batch::default());
        let mut writer = writer(dir.path(), 40, 8);
        for number in 0..6 {
            writer.append(Stream::Stdout, number, format!("line {number}").as_bytes());
        }
        assert_eq!(texts(&reader.read(1_000_000).unwrap()).len(), 6);
        writer.append(Stream::Stderr, 7, b"last");
        writer.append(Stream::End, 8, b"");
        let batch = reader.read(1000).unwrap();
        assert_eq!((texts(&batch), batch.ended, batch.lost_bytes), (vec!["last", ""], true, 0));
        let again = LogReader::new(dir.path(), 22 * 5).read(1000).unwrap();
        assert_eq!(texts(&again), ["line 5", "last", ""]);
    }

    #[test]
    fn what_was_deleted_is_counted_as_lost() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = writer(dir.path(), 40, 2);
        let mut reader = LogReader::new(dir.path(), 0);
        for number in 0..10 {
            writer.append(Stream::Stdout, number, format!("line {number}").as_bytes());
        }
        let batch = reader.read(1_000_000).unwrap();
        let lost_frames = 10 - batch.frames.len() as u64;
        assert!(lost_frames >= 5 && batch.lost_bytes == lost_frames * 22, "{batch:?}");
        assert_eq!(reader.position(), 220);
        assert!(fs::read_dir(dir.path()).unwrap().count() <= 2);
    }

    #[test]
    fn a_writer_goes_on_where_another_stopped() {
        let dir = tempfile::tempdir().unwrap();
        writer(dir.path(), 1000, 4).append(Stream::Stdout, 1, b"before");
        writer(dir.path(), 1000, 4).append(Stream::Stdout, 2, b"after");
        assert_eq!(texts(&LogReader::new(dir.path(), 0).read(1000).unwrap()), ["before", "after"]);
    }

    #[test]
    fn a_frame_that_is_half_written_is_left_for_later() {
        let dir = tempfile::tempdir().unwrap();
        writer(dir.path(), 1000, 4).append(Stream::Stdout, 1, b"whole");
        let segment = dir.path().join(segment_name(0));
        let whole = fs::read(&segment).unwrap();
        fs::write(&segment, [&whole[..], &whole[..10]].concat()).unwrap();
        let mut reader = LogReader::new(dir.path(), 0);
        assert_eq!(texts(&reader.read(1000).unwrap()), ["whole"]);
        assert!(reader.read(1000).unwrap().frames.is_empty());
        fs::write(&segment, [&whole[..], &whole[..]].concat()).unwrap();
        assert_eq!(texts(&reader.read(1000).unwrap()), ["whole"]);
    }

    #[test]
    fn damage_is_skipped_to_the_end_of_its_segment() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(segment_name(0)), [9_u8; 50]).unwrap();
        let mut reader = LogReader::new(dir.path(), 0);
        let batch = reader.read(1000).unwrap();
        assert_eq!((batch.frames.len(), batch.lost_bytes), (0, 50));
        assert_eq!(reader.read(1000).unwrap().lost_bytes, 0);
    }
}
