//! AWS wire protocols: bytes of an HTTP request in, typed shapes out, and the way back.
//!
//! - [`schema`]: how a shape describes itself, and the macros that the generated files expand
//! - [`codec`]: one reader and one writer per protocol, written once for all shapes
//! - [`visit`]: writers that produce no protocol: redacted text, the first missing member
//! - [`route`]: which service, protocol and operation a request is for
//! - [`sigv4`]: who signed a request, and whether the signature holds
//! - [`fault`] and [`answer`]: AWS's errors as data, and answers as status, headers and body
//!
//! Takes in: borrowed HTTP parts, a table of services, the time, and a look-up of secrets.
//! Gives out: shapes, faults and answers.
//! Does not know: any service, any operation's meaning, an HTTP library, a socket or a clock.

pub mod answer;
pub mod codec;
pub mod fault;
pub mod http;
pub mod protocol;
pub mod route;
pub mod schema;
pub mod service;
pub mod sigv4;
pub mod text;
pub mod visit;

pub use answer::Answer;
pub use fault::{Blame, ErrorInfo, Fault};
pub use http::HttpRequest;
pub use protocol::Protocol;
pub use schema::{Input, ReadError, Structure};
pub use service::ServiceInfo;
