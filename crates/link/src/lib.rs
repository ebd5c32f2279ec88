//! What our agent and the control plane say to each other, and how it crosses a byte stream.
//!
//! Takes in: any `AsyncRead + AsyncWrite` and values of [`ToServer`], [`ToAgent`] and [`StreamFrame`]. Gives out the same
//! values on the other side, in order, or one error that ends the connection. Does not know what an assignment means, who
//! may connect, or when to connect again.
//!
//! ```text
//! agent ── dial ──► server        one connection for the session:   Opening::Session, Welcome | Refused, then freely
//!                                 one more for each stream:         Opening::Stream, then stream frames both ways
//! frame = length (u32, big-endian), payload (length bytes)
//! payload = JSON of the message; of a stream frame: a kind byte and its content, because output is bytes, not text
//! ```
//! The agent always dials, so that a node works behind NAT; the control plane asks for a stream by
//! [`ToAgent::OpenStream`] and the agent comes back with [`Opening::Stream`].

mod codec;
mod connection;
mod frame;
mod message;
mod opening;
mod protocol;
mod stream;
mod transport;

pub use codec::{Codec, Malformed};
pub use connection::{Closed, Connection, QUEUE_MESSAGES_MAX, Receiver, Sender, WRITE_LIMIT_MS};
pub use frame::{FRAME_BYTES_MAX, LinkError};
pub use message::{
    Hello, NodeIdentity, Opening, Refused, RefusedBecause, StreamHello, StreamId, StreamRequest, ToAgent,
    ToServer, Welcome,
};
pub use opening::{AgentSide, Incoming, OPENING_LIMIT_MS, ServerSide, accept, open_session, open_stream};
pub use protocol::{PROTOCOL, Protocol, ProtocolMismatch};
pub use stream::{STREAM_DATA_BYTES_MAX, StreamConnection, StreamFrame};
pub use transport::{Dialer, Io, Listener};
