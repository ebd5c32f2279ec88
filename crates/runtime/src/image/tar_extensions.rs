//! What extension headers of a tar archive say about the entry after them: PAX records and GNU long names. Bytes in,
//! values out. Sources: POSIX pax(1) "pax Extended Header", the `SCHILY.xattr.` keys of star(1) and GNU tar.

use std::str::FromStr;

use super::TarError;
use super::tarball::Mtime;

const BROKEN: TarError = TarError::Damaged("a PAX record is broken");
const XATTR: &[u8] = b"SCHILY.xattr.";

/// What was said so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) mtime: Option<Mtime>,
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Extensions {
    /// The content of a GNU header with the name of the next entry.
    pub(super) fn set_long_name(&mut self, content: Vec<u8>) {
        self.path = Some(up_to_zero(content));
    }

    /// The content of a GNU header with what the next entry links to.
    pub(super) fn set_long_link(&mut self, content: Vec<u8>) {
        self.link = Some(up_to_zero(content));
    }

    /// Records of the form `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record; values are any bytes.
    pub(super) fn read_pax(&mut self, mut records: &[u8]) -> Result<(), TarError> {
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ').ok_or(BROKEN)?;
            let length: usize = number(&records[..space]).ok_or(BROKEN)?;
            let record = records.get(space + 1..length).and_then(|record| record.strip_suffix(b"\n"));
            let record = record.ok_or(BROKEN)?;
            let equals = record.iter().position(|byte| *byte == b'=').ok_or(BROKEN)?;
            self.set(&record[..equals], &record[equals + 1..]).ok_or(BROKEN)?;
            records = &records[length..];
        }
        Ok(())
    }

    /// `None` when the value is not what the key asks for.
    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(number(value)?),
            b"uid" => self.uid = Some(number(value)?),
            b"gid" => self.gid = Some(number(value)?),
            b"mtime" => self.mtime = Some(seconds(std::str::from_utf8(value).ok()?)?),
            _ if key.starts_with(b"GNU.sparse.") => return None,
            _ => {
                if let Some(name) = key.strip_prefix(XATTR) {
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                }
            }
        }
        Some(())
    }
}

/// `-1.25` and the like; the fraction counts forward from the whole second below.
fn seconds(text: &str) -> Option<Mtime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanoseconds: u32 = digits.parse().ok()?;
    if text.starts_with('-') && nanoseconds > 0 {
        return Some(Mtime { seconds: whole.checked_sub(1)?, nanoseconds: 1_000_000_000 - nanoseconds });
    }
    Some(Mtime { seconds: whole, nanoseconds })
}

fn number<T: FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// GNU long names end with a zero.
fn up_to_zero(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(records: &[u8]) -> Option<Extensions> {
        let mut extensions = Extensions::default();
        extensions.read_pax(records).ok().map(|()| extensions)
    }

    #[test]
    fn records_are_read_by_their_length() {
        let extensions = read(b"9 path=a\n27 SCHILY.xattr.user.x=\n=\0\n12 size=123\n").unwrap();
        assert_eq!((extensions.path, extensions.size), (Some(b"a".to_vec()), Some(123)));
        assert_eq!(extensions.xattrs, [(b"user.x".to_vec(), b"\n=\0".to_vec())]);
    }

    #[test]
    fn broken_records_are_refused() {
        for records in [
            "9 path=ab\n",
            "11 path=a\n",
            "9path=a\n",
            "x path=a\n",
            "9 path:a\n",
            "0 \n",
            "2 \n",
            "-1 path=a\n",
            "9999999999999999999999 path=a\n",
            "11 size=1x\n",
            "22 GNU.sparse.major=1\n",
            "15 mtime=1.2.3\n",
        ] {
            assert_eq!(read(records.as_bytes()), None, "{records:?} was taken");
        }
    }

    #[test]
    fn times_have_fractions_on_both_sides_of_1970() {
        let at = |text: &str| seconds(text).map(|time| (time.seconds, time.nanoseconds));
        assert_eq!(at("1350244992.023960108"), Some((1_350_244_992, 23_960_108)));
        assert_eq!(at("-1.25"), Some((-2, 750_000_000)));
        assert_eq!(at("-0.5"), Some((-1, 500_000_000)));
        assert_eq!(at("7.1234567899"), Some((7, 123_456_789)));
        assert_eq!((at("soon"), at("-9223372036854775808.5")), (None, None));
    }

    #[test]
    fn long_names_end_at_their_zero() {
        let mut extensions = Extensions::default();
        extensions.set_long_name(b"name\0rest".to_vec());
        extensions.set_long_link(b"link".to_vec());
        assert_eq!((extensions.path, extensions.link), (Some(b"name".to_vec()), Some(b"link".to_vec())));
    }
}
