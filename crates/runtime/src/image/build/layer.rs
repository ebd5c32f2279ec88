//! A layer in the making: an entry per call, a tar file at the end. Takes any name, bad ones too: tests need them.

use tar::{Builder, EntryType, Header};

const IN_MEMORY: &str = "writing to memory does not fail";

/// Names up to this length fit into a header; longer ones need a record of their own.
const HEADER_NAME_BYTES: usize = 100;

/// A tar file in the making.
pub struct LayerBuilder {
    tar: Builder<Vec<u8>>,
    owner: (u64, u64),
    mtime: u64,
    xattrs: Vec<(String, Vec<u8>)>,
}

impl LayerBuilder {
    /// An empty layer.
    pub fn new() -> Self {
        Self { tar: Builder::new(Vec::new()), owner: (0, 0), mtime: 0, xattrs: Vec::new() }
    }

    /// Entries from here on belong to this user and group.
    pub fn owner(mut self, uid: u64, gid: u64) -> Self {
        self.owner = (uid, gid);
        self
    }

    /// Entries from here on were last changed at this second since 1970.
    pub fn mtime(mut self, seconds: u64) -> Self {
        self.mtime = seconds;
        self
    }

    /// The next entry has this extended attribute as well.
    pub fn xattr(mut self, name: &str, value: &[u8]) -> Self {
        self.xattrs.push((format!("SCHILY.xattr.{name}"), value.to_vec()));
        self
    }

    /// A file.
    pub fn file(self, path: &str, mode: u32, content: &[u8]) -> Self {
        self.entry(path, EntryType::Regular, mode, "", content)
    }

    /// A folder.
    pub fn folder(self, path: &str, mode: u32) -> Self {
        self.entry(path, EntryType::Directory, mode, "", b"")
    }

    /// A symbolic link.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, EntryType::Symlink, 0o777, target, b"")
    }

    /// A second name for an earlier file.
    pub fn hard_link(self, path: &str, target: &str) -> Self {
        self.entry(path, EntryType::Link, 0o644, target, b"")
    }

    /// A named pipe.
    pub fn fifo(self, path: &str, mode: u32) -> Self {
        self.entry(path, EntryType::Fifo, mode, "", b"")
    }

    /// A character device.
    pub fn character_device(self, path: &str, mode: u32, major: u32, minor: u32) -> Self {
        self.entry_with(path, EntryType::Char, mode, "", b"", |header| {
            header.set_device_major(major).expect("a new header has the field");
            header.set_device_minor(minor).expect("a new header has the field");
        })
    }

    /// Hides a name of the layers below.
    pub fn whiteout(self, path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let slash = if folder.is_empty() { "" } else { "/" };
        self.file(&format!("{folder}{slash}.wh.{name}"), 0o644, b"")
    }

    /// Hides everything that the layers below have in a folder.
    pub fn opaque(self, folder: &str) -> Self {
        self.file(&format!("{folder}/.wh..wh..opq"), 0o644, b"")
    }

    /// An entry of any kind.
    pub fn entry(self, path: &str, kind: EntryType, mode: u32, link: &str, content: &[u8]) -> Self {
        self.entry_with(path, kind, mode, link, content, |_| {})
    }

    /// The layer as a tar file.
    pub fn into_tar(self) -> Vec<u8> {
        self.tar.into_inner().expect(IN_MEMORY)
    }

    fn entry_with(
        mut self,
        path: &str,
        kind: EntryType,
        mode: u32,
        link: &str,
        content: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Self {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(self.owner.0);
        header.set_gid(self.owner.1);
        header.set_mtime(self.mtime);
        header.set_size(content.len() as u64);
        self.write_records(&mut header, path, link);
        change(&mut header);
        header.set_cksum();
        self.tar.append(&header, content).expect(IN_MEMORY);
        self
    }

    /// Writes names into the header as they are, good or bad, and what does not fit into records before it.
    fn write_records(&mut self, header: &mut Header, path: &str, link: &str) {
        let mut records = std::mem::take(&mut self.xattrs);
        let fields = header.as_old_mut();
        for (field, text, key) in [(&mut fields.name, path, "path"), (&mut fields.linkname, link, "linkpath")]
        {
            let fitting = text.len().min(HEADER_NAME_BYTES);
            field[..fitting].copy_from_slice(&text.as_bytes()[..fitting]);
            if text.len() > HEADER_NAME_BYTES {
                records.push((key.to_owned(), text.as_bytes().to_vec()));
            }
        }
        let records = records.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        self.tar.append_pax_extensions(records).expect(IN_MEMORY);
    }
}

impl Default for LayerBuilder {
    fn default() -> Self {
        Self::new()
    }
}
