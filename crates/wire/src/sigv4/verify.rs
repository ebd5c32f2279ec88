//! Checking a claim.

use super::claim::Place;
use super::key::string_to_sign;
use super::{Claim, SecretKey, SignatureError, UNSIGNED_PAYLOAD, canonical};
use crate::HttpRequest;
use crate::schema::Timestamp;
use std::borrow::Cow;

/// How far the clocks of client and server may be apart.
const MAX_SKEW_MS: i64 = 5 * 60 * 1000;

/// Who signed a request, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key that the secret belongs to.
    pub access_key_id: String,
    /// The region that the request is meant for.
    pub region: String,
    /// The signing name of the service that the request is meant for.
    pub service: String,
}

/// Why there is no secret for an access key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No such key, or a session token that does not belong to it.
    #[error("no such access key")]
    Unknown,
    /// The session of temporary credentials is over.
    #[error("the session is over")]
    Expired,
}

impl Claim<'_> {
    /// Checks the claim: the key exists, the scope is that of the service, the time is near, everything
    /// that matters is signed, and the signature is right.
    ///
    /// `service` is the signing name of the service that the request was routed to. `secret_of` gets the
    /// access key id and the session token, if the request has one.
    ///
    /// # Errors
    /// The first of these that does not hold.
    pub fn verify(
        &self,
        request: &HttpRequest<'_>,
        service: &str,
        now: Timestamp,
        secret_of: impl FnOnce(&str, Option<&str>) -> Result<SecretKey, KeyError>,
    ) -> Result<Signer, SignatureError> {
        let secret = secret_of(&self.access_key_id, self.session_token.as_deref())?;
        self.check_scope(service)?;
        self.check_time(now)?;
        self.check_signed_headers(request)?;
        self.check_signature(request, &secret)?;
        Ok(Signer {
            access_key_id: self.access_key_id.clone(),
            region: self.scope.region.clone(),
            service: self.scope.service.clone(),
        })
    }

    fn check_scope(&self, service: &str) -> Result<(), SignatureError> {
        let (scope, signed_at) = (&self.scope, &self.signed_at.text);
        if scope.service != service {
            return Err(SignatureError::WrongService { expected: service.to_owned() });
        }
        if !signed_at.starts_with(scope.date.as_str()) || scope.date.len() != 8 {
            let (date, signed_at) = (scope.date.clone(), signed_at.to_string());
            return Err(SignatureError::WrongDate { date, signed_at });
        }
        Ok(())
    }

    fn check_time(&self, now: Timestamp) -> Result<(), SignatureError> {
        let signed_at_ms = self.signed_at.time.epoch_ms();
        let lifetime_ms = match self.place {
            Place::Header => MAX_SKEW_MS,
            Place::Query { expires_s } => expires_s * 1000,
        };
        let signed_at = self.signed_at.time;
        if signed_at_ms < now.epoch_ms() - lifetime_ms {
            return Err(SignatureError::Expired { signed_at, now, lifetime_ms });
        }
        if signed_at_ms > now.epoch_ms() + MAX_SKEW_MS {
            return Err(SignatureError::NotYetCurrent { signed_at, now, skew_ms: MAX_SKEW_MS });
        }
        Ok(())
    }

    /// A header that names the operation or the host must not be changed on the way.
    fn check_signed_headers(&self, request: &HttpRequest<'_>) -> Result<(), SignatureError> {
        let is_signed = |name: &str| self.signed_headers.split(';').any(|signed| signed == name);
        if !is_signed("host") {
            return Err(SignatureError::Unsigned { header: "'Host' or ':authority'".to_owned() });
        }
        let names = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let unsigned = names.filter(|name| name.starts_with("x-amz-")).find(|name| !is_signed(name));
        match unsigned {
            Some(name) => Err(SignatureError::Unsigned { header: format!("'{name}'") }),
            None => Ok(()),
        }
    }

    fn check_signature(&self, request: &HttpRequest<'_>, secret: &SecretKey) -> Result<(), SignatureError> {
        let payload = self.payload(request);
        let service = &self.scope.service;
        let canonical_request = canonical::request(request, service, &self.signed_headers, &payload);
        let string_to_sign = string_to_sign(&self.signed_at.text, &self.scope, &canonical_request);
        if secret.signing_key(&self.scope).verifies(&string_to_sign, &self.signature) {
            return Ok(());
        }
        Err(SignatureError::Mismatch { canonical_request, string_to_sign })
    }

    /// A presigned S3 request cannot know its payload; every other one signs it.
    fn payload(&self, request: &HttpRequest<'_>) -> Cow<'static, str> {
        match self.place {
            Place::Query { .. } if self.scope.service == "s3" => Cow::Borrowed(UNSIGNED_PAYLOAD),
            Place::Query { .. } | Place::Header => canonical::payload(request),
        }
    }
}
