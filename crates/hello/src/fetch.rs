//! An HTTP client for one request.

use std::io::{self, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::time::Duration;

use crate::http::{Head, buffered};
use crate::{Failure, Outcome, dns, tried};

/// For the command; a person or a test waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
struct Url {
    host: String,
    port: u16,
    path: String,
}

/// `fetch URL`: prints the body; an answer of 400 and more is a failure.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    let [url] = arguments else { return Err(Failure::Usage("fetch URL")) };
    let status = get(url, PATIENCE, &mut io::stdout().lock()).map_err(tried(url))?;
    if status >= 400 {
        return Err(Failure::Failed(format!("{url}: the answer is {status}")));
    }
    Ok(0)
}

/// Writes the body of the answer to `output` and returns its status.
pub(crate) fn get(url: &str, patience: Duration, output: &mut impl Write) -> io::Result<u16> {
    let Url { host, port, path } = Url::parse(url)?;
    let address = SocketAddrV4::new(dns::resolve(&host)?, port);
    let mut stream = TcpStream::connect_timeout(&address.into(), patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let headers = format!("Host: {host}:{port}\r\nUser-Agent: gantry-hello\r\nConnection: close");
    stream.write_all(format!("GET {path} HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes())?;
    let mut answer = buffered(stream);
    let head = Head::read(&mut answer)?;
    head.copy_body(&mut answer, output)?;
    output.flush()?;
    head.status()
}

impl Url {
    fn parse(url: &str) -> io::Result<Self> {
        let wrong =
            || io::Error::new(io::ErrorKind::InvalidInput, "not of the form http://HOST[:PORT][/PATH]");
        let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (authority, 80),
        };
        if host.is_empty() || url.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { host: host.to_owned(), port, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let url = |host: &str, port, path: &str| Url { host: host.into(), port, path: path.into() };
        assert_eq!(Url::parse("http://a").unwrap(), url("a", 80, "/"));
        assert_eq!(Url::parse("http://a:8080/b?c=d:e").unwrap(), url("a", 8080, "/b?c=d:e"));
        assert_eq!(Url::parse("http://a?x").unwrap(), url("a", 80, "/?x"));
        for wrong in ["https://a", "a", "http://", "http://:80", "http://a:x", "http://a/b c\r\nX: y"] {
            assert!(Url::parse(wrong).is_err(), "{wrong} was taken");
        }
    }
}
