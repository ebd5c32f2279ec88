//! The archive that the kernel unpacks into memory at start: cpio in its "newc" form (linux's
//! Documentation/driver-api/early-userspace/buffer-format.rst).

use std::collections::BTreeSet;
use std::io::{self, Write};

/// Kind and mode of a folder.
const FOLDER: u32 = 0o040_755;

/// Kind and mode of a file. Whatever is in the archive may be executed: a test machine has one user.
const FILE: u32 = 0o100_755;

/// Names and data begin at multiples of this.
const ALIGNMENT: usize = 4;

/// Bytes of a header: a magic of 6 and 13 numbers of 8 digits.
const HEADER_BYTES: usize = 110;

/// An archive that is being written.
pub(super) struct Archive<W> {
    output: W,
    entries: u32,
    folders: BTreeSet<String>,
}

impl<W: Write> Archive<W> {
    pub(super) fn new(output: W) -> Self {
        Self { output, entries: 0, folders: BTreeSet::new() }
    }

    /// Adds a file; `path` is absolute, and the folders above it are added as well.
    pub(super) fn file(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        let path = path.trim_start_matches('/');
        for (end, _) in path.match_indices('/') {
            if self.folders.insert(path[..end].to_owned()) {
                self.entry(&path[..end], FOLDER, &[])?;
            }
        }
        self.entry(path, FILE, content)
    }

    /// Ends the archive.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.entry("TRAILER!!!", 0, &[])?;
        self.output.flush()
    }

    fn entry(&mut self, name: &str, mode: u32, content: &[u8]) -> io::Result<()> {
        self.entries += 1;
        let too_large = |_| io::Error::new(io::ErrorKind::InvalidInput, "a file has less than 4 GiB");
        let size = u32::try_from(content.len()).map_err(too_large)?;
        // Inode, mode, owner, group, links, time, size, four numbers of devices, bytes of the name, checksum.
        let numbers = [self.entries, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.len() as u32 + 1, 0];
        let digits: String = numbers.iter().map(|number| format!("{number:08x}")).collect();
        write!(self.output, "070701{digits}{name}\0")?;
        self.pad(HEADER_BYTES + name.len() + 1)?;
        self.output.write_all(content)?;
        self.pad(content.len())
    }

    fn pad(&mut self, written: usize) -> io::Result<()> {
        let missing = written.next_multiple_of(ALIGNMENT) - written;
        self.output.write_all(&[0; ALIGNMENT][..missing])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_aligned_and_folders_come_first_and_once() {
        let mut bytes = Vec::new();
        let mut archive = Archive::new(&mut bytes);
        archive.file("/a/b/one", b"content").unwrap();
        archive.file("/a/two", b"").unwrap();
        archive.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let entries =
            [("a\0", ""), ("a/b\0", ""), ("a/b/one\0", "content"), ("a/two\0", ""), ("TRAILER!!!\0", "")];
        let starts: Vec<usize> = text.match_indices("070701").map(|(at, _)| at).collect();
        assert_eq!(starts.len(), entries.len());
        for (start, (name, content)) in starts.iter().zip(entries) {
            assert_eq!(start % ALIGNMENT, 0);
            let data = start + (HEADER_BYTES + name.len()).next_multiple_of(ALIGNMENT);
            assert!(text[start + HEADER_BYTES..].starts_with(name), "{name}");
            assert!(text[data..].starts_with(content), "{name}");
        }
        let file = &text[starts[2]..];
        assert_eq!((&file[14..22], &file[54..62]), ("000081ed", "00000007"), "kind with mode, and size");
    }
}
