//! Pieces of output → lines. Pure.

/// Longest line: a longer one is cut, so that a program that never ends its line cannot fill the memory.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// Cuts one stream of output.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
}

impl Lines {
    /// Takes a piece; gives out the lines that it ends.
    pub(super) fn take(&mut self, piece: &[u8]) -> Vec<String> {
        let mut ended = Vec::new();
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            for portion in part.chunks(LINE_BYTES_MAX) {
                self.begun.extend_from_slice(portion);
                if self.begun.ends_with(b"\n") || self.begun.len() >= LINE_BYTES_MAX {
                    ended.extend(self.end());
                }
            }
        }
        ended
    }

    /// The output is over: what has begun is a line too.
    pub(super) fn end(&mut self) -> Option<String> {
        if self.begun.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.begun);
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_end_whatever_the_pieces_are() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b"one\ntw"), ["one"]);
        assert_eq!(lines.take(b"o\r\n\nthr"), ["two", ""]);
        assert_eq!(lines.take(b"ee"), [""; 0]);
        assert_eq!(lines.end().as_deref(), Some("three"));
        assert_eq!(lines.end(), None);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let mut lines = Lines::default();
        let cut = lines.take(&[b'x'; 2 * LINE_BYTES_MAX + 5]);
        assert_eq!(cut.iter().map(String::len).collect::<Vec<_>>(), [LINE_BYTES_MAX; 2]);
        assert_eq!(lines.end().map(|line| line.len()), Some(5));
    }
}
