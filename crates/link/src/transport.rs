//! Where connections come from: a Unix socket, or memory when both sides live in one process.

use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, duplex};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

/// Bytes that one side of an in-process connection may be ahead of the other.
const IN_PROCESS_BYTES: usize = 256 * 1024;

/// In-process connections that wait to be accepted; like a socket's backlog.
const IN_PROCESS_BACKLOG: usize = 64;

/// A stream of bytes in both directions, whatever carries it.
pub struct Io(Box<dyn Duplex>);

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Io {
    /// Hides what carries the bytes.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Box::new(io))
    }
}

/// Makes connections to a control plane; clones make connections to the same one.
#[derive(Debug, Clone)]
pub struct Dialer(Target);

#[derive(Debug, Clone)]
enum Target {
    Unix(PathBuf),
    InProcess(mpsc::Sender<Io>),
}

/// Takes connections of agents.
#[derive(Debug)]
pub struct Listener(Source);

#[derive(Debug)]
enum Source {
    Unix(UnixListener),
    InProcess(mpsc::Receiver<Io>),
}

impl Dialer {
    /// Dials a Unix socket.
    pub fn unix(path: &Path) -> Self {
        Self(Target::Unix(path.to_owned()))
    }

    /// A dialer and a listener inside one process.
    pub fn in_process() -> (Self, Listener) {
        let (send, receive) = mpsc::channel(IN_PROCESS_BACKLOG);
        (Self(Target::InProcess(send)), Listener(Source::InProcess(receive)))
    }

    /// One more connection.
    pub async fn dial(&self) -> io::Result<Io> {
        match &self.0 {
            Target::Unix(path) => Ok(Io::new(UnixStream::connect(path).await?)),
            Target::InProcess(listener) => {
                let (ours, theirs) = duplex(IN_PROCESS_BYTES);
                let gone = |_| io::Error::from(io::ErrorKind::ConnectionRefused);
                listener.send(Io::new(theirs)).await.map_err(gone)?;
                Ok(Io::new(ours))
            }
        }
    }
}

impl Listener {
    /// Listens on a Unix socket that only its owner may use. A socket that a killed process left behind is replaced, so the
    /// caller must hold whatever makes it the only server of this path.
    pub fn bind_unix(path: &Path) -> io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self(Source::Unix(listener)))
    }

    /// The next connection; an error of kind `BrokenPipe` when all in-process dialers are gone.
    pub async fn accept(&mut self) -> io::Result<Io> {
        match &mut self.0 {
            Source::Unix(listener) => Ok(Io::new(listener.accept().await?.0)),
            Source::InProcess(dialed) => dialed.recv().await.ok_or_else(|| io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl fmt::Debug for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Io")
    }
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Io {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
