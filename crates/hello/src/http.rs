//! As much HTTP/1.1 (RFC 9112) as a page and a fetch need: one request per connection, answers of known length,
//! chunked, or to the end. Reads from anything, so that tests need no network.

use std::io::{self, BufRead, BufReader, Read};

/// A request or an answer head that is longer is refused.
const HEAD_BYTES_MAX: u64 = 16 << 10;

/// The longest line that announces a chunk: a number and extensions that nobody uses.
const CHUNK_LINE_BYTES_MAX: u64 = 128;

/// The first line of a message and its headers.
pub(crate) struct Head {
    pub(crate) first_line: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads up to the empty line.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut limited = from.take(HEAD_BYTES_MAX);
        let first_line = line(&mut limited)?;
        let mut headers = Vec::new();
        loop {
            let line = line(&mut limited)?;
            if line.is_empty() {
                return Ok(Self { first_line, headers });
            }
            let (name, value) = line.split_once(':').ok_or_else(|| broken("a header without a colon"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The code of an answer, such as 200.
    pub(crate) fn status(&self) -> io::Result<u16> {
        let code = self.first_line.split_whitespace().nth(1).and_then(|code| code.parse().ok());
        code.ok_or_else(|| broken("no status"))
    }

    /// The content after the head of an answer, written to `output`.
    pub(crate) fn copy_body(&self, from: &mut impl BufRead, output: &mut impl io::Write) -> io::Result<()> {
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return copy_chunks(from, output);
        }
        match self.header("content-length").map(str::parse::<u64>) {
            Some(Ok(length)) => copy_exactly(from, output, length),
            Some(Err(_)) => Err(broken("no length")),
            None => io::copy(from, output).map(|_| ()),
        }
    }
}

/// A reader with the buffer that heads need.
pub(crate) fn buffered<R: Read>(from: R) -> BufReader<R> {
    BufReader::new(from)
}

fn copy_chunks(from: &mut impl BufRead, output: &mut impl io::Write) -> io::Result<()> {
    loop {
        let announced = line(&mut from.take(CHUNK_LINE_BYTES_MAX))?;
        let length = announced.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(length, 16).map_err(|_| broken("no chunk"))?;
        if length == 0 {
            return Ok(());
        }
        copy_exactly(from, output, length)?;
        line(&mut from.take(CHUNK_LINE_BYTES_MAX))?;
    }
}

fn copy_exactly(from: &mut impl BufRead, output: &mut impl io::Write, length: u64) -> io::Result<()> {
    let copied = io::copy(&mut from.take(length), output)?;
    if copied < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    match line.strip_suffix('\n') {
        Some(line) => Ok(line.strip_suffix('\r').unwrap_or(line).to_owned()),
        None => Err(broken("a line that does not end")),
    }
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: &str) -> io::Result<String> {
        let mut from = answer.as_bytes();
        let head = Head::read(&mut from)?;
        assert_eq!(head.status()?, 200);
        let mut body = Vec::new();
        head.copy_body(&mut from, &mut body)?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    #[test]
    fn reads_bodies_of_every_kind() {
        assert_eq!(body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more").unwrap(), "hi");
        assert_eq!(body("HTTP/1.0 200 OK\r\n\r\nto the end").unwrap(), "to the end");
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(body(chunked).unwrap(), "abcde");
    }

    #[test]
    fn refuses_what_is_cut_short_or_too_long() {
        assert!(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi").is_err());
        assert!(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").is_err());
        assert!(body("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").is_err());
        assert!(body(&format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(20_000))).is_err());
    }
}
