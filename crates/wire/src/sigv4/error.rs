//! Why a request is not accepted as signed, in AWS's codes and words.

use super::KeyError;
use crate::schema::Timestamp;
use crate::text::time::basic;
use crate::{ErrorInfo, Fault, Protocol};

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request is not signed at all.
    #[error("Missing Authentication Token")]
    Missing,
    /// Parts of the signature are missing or malformed; the sentences say which.
    #[error("{0}")]
    Incomplete(String),
    /// No such access key.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// The session of temporary credentials is over.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    /// The scope names another service than the request is for.
    #[error("Credential should be scoped to correct service: '{expected}'. ")]
    WrongService {
        /// The signing name of the service that the request is for.
        expected: String,
    },
    /// The scope is for another day than the time of signing.
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
         '{date}' != '{}', from '{signed_at}'.", signed_at.get(..8).unwrap_or(signed_at)
    )]
    WrongDate {
        /// The day of the scope.
        date: String,
        /// The time of signing, as the request spells it.
        signed_at: String,
    },
    /// Signed too long ago.
    #[error(
        "Signature expired: {} is now earlier than {} ({} - {} min.)",
        basic(*signed_at), shifted(*now, -lifetime_ms), basic(*now), lifetime_ms / 60_000
    )]
    Expired {
        /// The time of signing.
        signed_at: Timestamp,
        /// The server's time.
        now: Timestamp,
        /// How long the signature was good for.
        lifetime_ms: i64,
    },
    /// Signed in the future.
    #[error(
        "Signature not yet current: {} is still later than {} ({} + {} min.)",
        basic(*signed_at), shifted(*now, *skew_ms), basic(*now), skew_ms / 60_000
    )]
    NotYetCurrent {
        /// The time of signing.
        signed_at: Timestamp,
        /// The server's time.
        now: Timestamp,
        /// How far the clocks may be apart.
        skew_ms: i64,
    },
    /// A presigned request that would be good for longer than seven days, or for no time.
    #[error("X-Amz-Expires must be between 1 and 604800 seconds")]
    BadExpiry,
    /// A header that must be covered by the signature is not.
    #[error("{header} must be a 'SignedHeader' in the AWS Authorization.")]
    Unsigned {
        /// The header, quoted as in AWS's sentence.
        header: String,
    },
    /// The signature is not that of the request under the key's secret.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS \
         Secret Access Key and signing method. Consult the service documentation for details.\n\nThe \
         Canonical String for this request should have been\n'{canonical_request}'\n\nThe String-to-Sign \
         should have been\n'{string_to_sign}'\n"
    )]
    Mismatch {
        /// What the client should have digested.
        canonical_request: String,
        /// What the client should have signed.
        string_to_sign: String,
    },
}

fn shifted(time: Timestamp, ms: i64) -> String {
    basic(Timestamp::from_epoch_ms(time.epoch_ms() + ms))
}

impl From<KeyError> for SignatureError {
    fn from(error: KeyError) -> SignatureError {
        match error {
            KeyError::Unknown => SignatureError::UnknownKey,
            KeyError::Expired => SignatureError::ExpiredToken,
        }
    }
}

impl SignatureError {
    /// The error that a client of this protocol gets.
    pub fn fault(&self, protocol: Protocol) -> Fault {
        let info = match protocol {
            Protocol::AwsJson10 | Protocol::AwsJson11 => ErrorInfo::sender(self.json_code(), 400),
            Protocol::AwsQuery => self.query_info(),
        };
        Fault::new(info, self.to_string())
    }

    fn json_code(&self) -> &'static str {
        match self {
            SignatureError::Missing => "MissingAuthenticationTokenException",
            SignatureError::Incomplete(_) | SignatureError::BadExpiry => "IncompleteSignatureException",
            SignatureError::UnknownKey => "UnrecognizedClientException",
            SignatureError::ExpiredToken => "ExpiredTokenException",
            SignatureError::WrongService { .. }
            | SignatureError::WrongDate { .. }
            | SignatureError::Expired { .. }
            | SignatureError::NotYetCurrent { .. }
            | SignatureError::Unsigned { .. }
            | SignatureError::Mismatch { .. } => "InvalidSignatureException",
        }
    }

    /// Source: the common errors of the STS API reference.
    fn query_info(&self) -> ErrorInfo {
        match self {
            SignatureError::Missing => ErrorInfo::sender("MissingAuthenticationToken", 403),
            SignatureError::Incomplete(_) | SignatureError::BadExpiry => {
                ErrorInfo::sender("IncompleteSignature", 400)
            }
            SignatureError::UnknownKey => ErrorInfo::sender("InvalidClientTokenId", 403),
            SignatureError::ExpiredToken => ErrorInfo::sender("ExpiredToken", 403),
            SignatureError::WrongService { .. }
            | SignatureError::WrongDate { .. }
            | SignatureError::Expired { .. }
            | SignatureError::NotYetCurrent { .. }
            | SignatureError::Unsigned { .. }
            | SignatureError::Mismatch { .. } => ErrorInfo::sender("SignatureDoesNotMatch", 403),
        }
    }
}
