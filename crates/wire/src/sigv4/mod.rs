//! AWS Signature Version 4: who signed a request, whether it holds, and how to sign one.
//!
//! [`Claim::of`] reads what a request says about its signature, in the `Authorization` header or in a
//! presigned query string; [`Claim::verify`] checks it. Between the two a caller knows the claimed key,
//! region and service, which is all that an open installation asks for.
//!
//! Takes in: a request, the time, and a look-up from access key id to secret.
//! Gives out: the signer, or why there is none; the headers that sign a request.
//! Does not know: where keys are kept, a clock, what the signer may do.
//!
//! Source: the AWS page "Create a signed AWS API request"; error texts as AWS's services answer them.

mod canonical;
mod claim;
mod error;
mod key;
mod scope;
mod sign;
mod verify;

pub use claim::Claim;
pub use error::SignatureError;
pub use key::SecretKey;
pub use scope::Scope;
pub use sign::{Credentials, sign};
pub use verify::{KeyError, Signer};

/// The one algorithm that is spoken.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The header and query parameter with the time of signing.
const DATE: &str = "X-Amz-Date";
/// The header and query parameter with the token of temporary credentials.
const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
/// The header with the payload's digest, or with [`UNSIGNED_PAYLOAD`].
const CONTENT_SHA256: &str = "x-amz-content-sha256";
/// What stands in place of a payload's digest that the signature does not cover.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
