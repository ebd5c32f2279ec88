//! The HTTP listener: connections with their limits, each served in a task of its own, and their end.
//!
//! Takes in a socket and a control plane. Gives out nothing; it ends when it is told to stop, after the requests that are
//! being served. A panic in one connection ends that connection. Does not know what a request means.

mod deadline;
mod open_files;
mod tracked;

use crate::pipeline;
use crate::plane::Plane;
use crate::stop::Stop;
use deadline::{Deadline, Phase, PhaseCell};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tracked::Tracked;

/// How long requests that are being served may take to end when the listener stops.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// What hyper may buffer of one connection: longer requests are read in pieces. Idle connections keep 8 KiB of it.
const BUFFER_BYTES_MAX: usize = 128 * 1024;

/// How long to wait when the system takes no further connection: the reason is outside.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that is ready to serve.
#[derive(Debug)]
pub struct HttpListener {
    socket: TcpListener,
    connections_max: usize,
}

/// The listener cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Plain HTTP would leave the machine.
    #[error(
        "{0} is not a loopback address: keys and secrets would cross the network in the clear. \
         Listen on 127.0.0.1, or say --insecure-http if the network is yours alone"
    )]
    NotLoopback(SocketAddr),
    /// The system refused.
    #[error("cannot listen on {address}")]
    Io {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl HttpListener {
    /// Takes an address. `insecure_http` allows one that other machines can reach.
    pub async fn bind(address: SocketAddr, insecure_http: bool) -> Result<Self, BindError> {
        if !address.ip().is_loopback() && !insecure_http {
            return Err(BindError::NotLoopback(address));
        }
        let connections_max = open_files::raise();
        let socket = TcpListener::bind(address).await.map_err(|source| BindError::Io { address, source })?;
        Ok(Self { socket, connections_max })
    }

    /// The address with its real port.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until stopping is wished for, then lets requests end.
    pub(crate) async fn serve(self, plane: Arc<Plane>, mut stop: Stop) {
        let room = Arc::new(Semaphore::new(self.connections_max));
        // Each connection holds a sender: when the last one is gone, the receiver ends.
        let (open, mut all_closed) = mpsc::channel::<()>(1);
        loop {
            let permit = room.clone().acquire_owned().await.expect("the semaphore is never closed");
            let stream = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = stop.wished() => break,
            };
            match stream {
                Ok((stream, _)) => {
                    let connection = Connection {
                        plane: plane.clone(),
                        stop: stop.clone(),
                        _permit: permit,
                        _open: open.clone(),
                    };
                    tokio::spawn(connection.serve(stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop((self.socket, open));
        if timeout(DRAIN_LIMIT, all_closed.recv()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
    }
}

/// One connection with what it holds.
struct Connection {
    plane: Arc<Plane>,
    stop: Stop,
    _permit: OwnedSemaphorePermit,
    _open: mpsc::Sender<()>,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream) {
        // Answers are small and awaited: none may wait for company.
        let _ = stream.set_nodelay(true);
        let phase = PhaseCell::default();
        let io = TokioIo::new(Deadline::new(stream, phase.clone()));
        let service = service_fn(|request| {
            let (plane, phase) = (self.plane.clone(), phase.clone());
            // On the heap, so that an idle connection does not hold room for a request.
            Box::pin(async move {
                let response = pipeline::serve(&plane, request, || phase.set(Phase::Serving)).await;
                response.map(|response| Tracked::answer(response, phase))
            })
        });
        let connection = http1::Builder::new().max_buf_size(BUFFER_BYTES_MAX).serve_connection(io, service);
        let mut connection = pin!(connection.with_upgrades());
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = self.stop.wished() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    }
}
