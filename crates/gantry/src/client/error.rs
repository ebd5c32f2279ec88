//! Why an installation did not answer, or what it answered instead.

use hyper::StatusCode;
use serde::Deserialize;
use std::error::Error;
use std::io;

/// A call did not work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Nobody listens.
    #[error("nothing answers at {url}: is `gantry up` running?")]
    Unreachable {
        /// Where.
        url: String,
        /// What the system said.
        source: io::Error,
    },
    /// The endpoint's file has a strange address.
    #[error("{0} is no http:// address")]
    Address(String),
    /// The connection broke.
    #[error("the connection to the server broke")]
    Broken(#[source] hyper::Error),
    /// The answer did not come to its end.
    #[error("the answer of the server could not be read")]
    Unread(#[source] Box<dyn Error + Send + Sync>),
    /// The answer is no document of ours.
    #[error("the answer of the server is not understood: are both of the same version?")]
    NotUnderstood(#[source] serde_json::Error),
    /// The server said no.
    #[error("{message}")]
    Refused {
        /// AWS's code.
        code: String,
        /// Why, for people.
        message: String,
    },
}

#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "__type")]
    code: String,
    #[serde(default)]
    message: String,
}

impl ClientError {
    /// The fault in an answer.
    pub(super) fn refused((status, body): (StatusCode, Vec<u8>)) -> Self {
        match serde_json::from_slice::<Fault>(&body) {
            Ok(Fault { code, message }) if !message.is_empty() => Self::Refused { code, message },
            Ok(Fault { code, .. }) => Self::Refused { message: code.clone(), code },
            Err(_) => Self::Refused { code: String::new(), message: format!("the server answered {status}") },
        }
    }
}
