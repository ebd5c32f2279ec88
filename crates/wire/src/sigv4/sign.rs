//! Signing a request, for clients of our own and for tests.

use super::key::string_to_sign;
use super::{ALGORITHM, SECURITY_TOKEN, Scope, SecretKey, canonical};
use crate::HttpRequest;
use crate::schema::Timestamp;
use crate::text::time;

/// What a client signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key's name.
    pub access_key_id: String,
    /// The key.
    pub secret: SecretKey,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// The headers to add to a request so that it is signed. Every header that the request has is covered;
/// `host` must be among them.
pub fn sign(
    request: &HttpRequest<'_>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let signed_at = time::basic(now);
    let scope = Scope { date: signed_at[..8].to_owned(), region: region.into(), service: service.into() };
    let mut added = vec![(super::DATE, signed_at.clone())];
    added.extend(credentials.session_token.iter().map(|token| (SECURITY_TOKEN, token.clone())));

    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .copied()
        .chain(added.iter().map(|(name, value)| (*name, value.as_str())))
        .collect();
    let request = HttpRequest { headers: &headers, ..*request };
    let signed_headers = names_of(&headers);
    let payload = canonical::payload(&request);
    let canonical_request = canonical::request(&request, service, &signed_headers, &payload);
    let signature =
        credentials.secret.signing_key(&scope).sign(&string_to_sign(&signed_at, &scope, &canonical_request));

    let key = &credentials.access_key_id;
    let authorization = format!(
        "{ALGORITHM} Credential={key}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
    );
    added.push(("Authorization", authorization));
    added
}

/// The names of headers in small letters, sorted, without repetition.
fn names_of(headers: &[(&str, &str)]) -> String {
    let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(";")
}
