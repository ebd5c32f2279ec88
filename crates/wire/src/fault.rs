//! AWS's errors as data.

use crate::Structure;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Who is at fault; XML protocols say it, and clients retry only the latter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The client.
    Sender,
    /// The service.
    Receiver,
}

impl Blame {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Blame::Sender => "Sender",
            Blame::Receiver => "Receiver",
        }
    }
}

/// What all errors of one kind have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorInfo {
    /// What clients match on.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Who is at fault.
    pub blame: Blame,
}

impl ErrorInfo {
    /// An error of the client.
    pub const fn sender(code: &'static str, status: u16) -> ErrorInfo {
        ErrorInfo { code, status, blame: Blame::Sender }
    }

    /// An error of the service.
    pub const fn receiver(code: &'static str, status: u16) -> ErrorInfo {
        ErrorInfo { code, status, blame: Blame::Receiver }
    }
}

/// One error that a client gets: a kind, a message, and members of its own where the model has some.
#[derive(Debug, Clone)]
pub struct Fault {
    info: ErrorInfo,
    message: Option<Cow<'static, str>>,
    members: Option<Arc<dyn Structure>>,
}

impl Fault {
    /// An error with a message.
    pub fn new(info: ErrorInfo, message: impl Into<Cow<'static, str>>) -> Fault {
        Fault { info, message: Some(message.into()), members: None }
    }

    /// An error without a message, as AWS sends for an unknown operation.
    pub fn silent(info: ErrorInfo) -> Fault {
        Fault { info, message: None, members: None }
    }

    /// Adds what the error's shape has beside the message.
    pub fn with_members(self, members: impl Structure + 'static) -> Fault {
        Fault { members: Some(Arc::new(members)), ..self }
    }

    /// What clients match on.
    pub fn code(&self) -> &'static str {
        self.info.code
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.info.status
    }

    /// Who is at fault.
    pub fn blame(&self) -> Blame {
        self.info.blame
    }

    /// The text for people, if there is one.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the error's shape has beside the message.
    pub fn members(&self) -> Option<&dyn Structure> {
        self.members.as_deref()
    }
}

/// Two faults are equal when a client cannot tell them apart.
impl PartialEq for Fault {
    fn eq(&self, other: &Fault) -> bool {
        let members = |fault: &Fault| fault.members().map(crate::codec::json::to_string);
        self.info == other.info && self.message == other.message && members(self) == members(other)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => write!(f, "{}: {message}", self.code()),
            None => f.write_str(self.code()),
        }
    }
}

impl std::error::Error for Fault {}
