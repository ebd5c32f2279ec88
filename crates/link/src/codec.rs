//! Values ⇄ payloads.

use crate::message::{Opening, ToAgent, ToServer};

/// A message that can cross the link.
pub trait Codec: Sized + Send + 'static {
    /// Appends the payload.
    fn encode(&self, payload: &mut Vec<u8>);

    /// Reads a whole payload.
    fn decode(payload: &[u8]) -> Result<Self, Malformed>;
}

/// The bytes are not a message of the expected kind.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Not the JSON of a known message.
    #[error("the message cannot be read")]
    Json(#[from] serde_json::Error),
    /// A stream frame of an unknown kind, or shorter than its kind needs.
    #[error("a stream frame of kind {kind:?} with {length} bytes cannot be read")]
    StreamFrame {
        /// The first byte, where there is one.
        kind: Option<u8>,
        /// Length of the payload.
        length: usize,
    },
}

macro_rules! json_codecs {
    ($($message:ident),*) => { $(
        impl Codec for $message {
            fn encode(&self, payload: &mut Vec<u8>) {
                serde_json::to_writer(payload, self).expect("messages have text keys, and memory takes every byte");
            }

            fn decode(payload: &[u8]) -> Result<Self, Malformed> {
                Ok(serde_json::from_slice(payload)?)
            }
        }
    )* };
}

json_codecs!(Opening, ToServer, ToAgent);
