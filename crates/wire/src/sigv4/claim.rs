//! What a request says about its own signature. Nothing of it is verified yet.

use super::{ALGORITHM, DATE, SECURITY_TOKEN, Scope, SignatureError};
use crate::HttpRequest;
use crate::schema::Timestamp;
use crate::text::{percent, time};
use std::borrow::Cow;

/// A claimed identity with the signature that should prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    pub(super) access_key_id: String,
    pub(super) scope: Scope,
    /// The names as they stand in the request, separated by semicolons.
    pub(super) signed_headers: Cow<'a, str>,
    /// In hexadecimal.
    pub(super) signature: Cow<'a, str>,
    pub(super) session_token: Option<Cow<'a, str>>,
    pub(super) signed_at: SignedAt<'a>,
    pub(super) place: Place,
}

/// The time of signing, as it is spelled and as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedAt<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) time: Timestamp,
}

/// Where the signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the `Authorization` header.
    Header,
    /// In the query string; the signature is good for this long.
    Query { expires_s: i64 },
}

/// The longest life of a presigned request: seven days.
const MAX_EXPIRES_S: i64 = 7 * 24 * 3600;

impl<'a> Claim<'a> {
    /// Reads the signature of a request.
    ///
    /// # Errors
    /// [`SignatureError::Missing`], [`SignatureError::Incomplete`] or [`SignatureError::BadExpiry`].
    pub fn of(request: &HttpRequest<'a>) -> Result<Claim<'a>, SignatureError> {
        if let Some(authorization) = request.header("authorization") {
            return Claim::in_header(request, authorization);
        }
        match percent::field(request.query, "X-Amz-Algorithm") {
            Some(algorithm) if algorithm == ALGORITHM => Claim::in_query(request),
            _ => Err(SignatureError::Missing),
        }
    }

    /// The claimed access key id.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The claimed day, region and service.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`
    fn in_header(request: &HttpRequest<'a>, authorization: &'a str) -> Result<Claim<'a>, SignatureError> {
        let (algorithm, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
        if algorithm != ALGORITHM {
            return Err(SignatureError::Incomplete(
                "Authorization header requires 'AWS4-HMAC-SHA256'.".into(),
            ));
        }
        let fields: Vec<(&str, &str)> =
            parameters.split(',').filter_map(|field| field.trim().split_once('=')).collect();
        let signed_at = SignedAt::in_headers(request)?;
        let has_date = signed_at.is_some();
        let parameter = |name| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let (Some(credential), Some(signature), Some(signed_headers), Some(signed_at)) =
            (parameter("Credential"), parameter("Signature"), parameter("SignedHeaders"), signed_at)
        else {
            return Err(missing_in_header(&parameter, has_date));
        };
        let (access_key_id, scope) = split_credential(credential)?;
        Ok(Claim {
            access_key_id,
            scope,
            signed_headers: signed_headers.into(),
            signature: signature.into(),
            session_token: request.header(SECURITY_TOKEN).map(Cow::Borrowed),
            signed_at,
            place: Place::Header,
        })
    }

    /// `X-Amz-Algorithm=…&X-Amz-Credential=…&…`
    fn in_query(request: &HttpRequest<'a>) -> Result<Claim<'a>, SignatureError> {
        let query = request.query;
        let required = |name: &'static str| {
            let sentence = || format!("AWS query-string parameters must include '{name}'.");
            percent::field(query, name).ok_or_else(|| SignatureError::Incomplete(sentence()))
        };
        let (access_key_id, scope) = split_credential(&required("X-Amz-Credential")?)?;
        let expires = required("X-Amz-Expires")?;
        let expires_s = expires.parse().ok().filter(|seconds| (1..=MAX_EXPIRES_S).contains(seconds));
        Ok(Claim {
            access_key_id,
            scope,
            signed_headers: required("X-Amz-SignedHeaders")?,
            signature: required("X-Amz-Signature")?,
            session_token: percent::field(query, SECURITY_TOKEN),
            signed_at: SignedAt::parse(required(DATE)?)?,
            place: Place::Query { expires_s: expires_s.ok_or(SignatureError::BadExpiry)? },
        })
    }
}

impl<'a> SignedAt<'a> {
    /// `X-Amz-Date`, or the `Date` that HTTP has anyway.
    fn in_headers(request: &HttpRequest<'a>) -> Result<Option<SignedAt<'a>>, SignatureError> {
        let date = request.header("date");
        match (request.header(DATE), date.and_then(time::parse_http_date)) {
            (None, Some(time)) => Ok(Some(SignedAt { text: time::basic(time).into(), time })),
            (basic, _) => basic.or(date).map(|text| SignedAt::parse(text.into())).transpose(),
        }
    }

    fn parse(text: Cow<'a, str>) -> Result<SignedAt<'a>, SignatureError> {
        match time::parse_basic(&text) {
            Some(time) => Ok(SignedAt { text, time }),
            None => {
                let sentence = format!("Date must be in ISO-8601 'basic format'. Got '{text}'.");
                Err(SignatureError::Incomplete(sentence))
            }
        }
    }
}

fn split_credential(credential: &str) -> Result<(String, Scope), SignatureError> {
    Scope::split_credential(credential).ok_or_else(|| {
        let form = "<access key id>/<date>/<region>/<service>/aws4_request";
        SignatureError::Incomplete(format!("Credential must have the form {form}, got '{credential}'."))
    })
}

/// AWS names everything that is missing in one answer.
fn missing_in_header<'p>(
    parameter: &impl Fn(&'static str) -> Option<&'p str>,
    has_date: bool,
) -> SignatureError {
    let mut sentences: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
        .into_iter()
        .filter(|name| parameter(name).is_none())
        .map(|name| format!("Authorization header requires '{name}' parameter."))
        .collect();
    if !has_date {
        let either = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        sentences.push(either.to_owned());
    }
    SignatureError::Incomplete(sentences.join(" "))
}
