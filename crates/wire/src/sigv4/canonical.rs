//! The canonical form of a request, the text that both sides digest.

use super::{CONTENT_SHA256, UNSIGNED_PAYLOAD};
use crate::HttpRequest;
use crate::text::{hex, percent};
use ring::digest::{SHA256, digest};
use std::borrow::Cow;

/// The canonical request: method, path, query string, headers, names of headers, digest of the payload.
pub(super) fn request(
    request: &HttpRequest<'_>,
    service: &str,
    signed_headers: &str,
    payload: &str,
) -> String {
    let HttpRequest { method, path, query, .. } = request;
    let path = canonical_path(path, service);
    let query = canonical_query(query);
    let headers = canonical_headers(request, signed_headers);
    format!("{method}\n{path}\n{query}\n{headers}\n{signed_headers}\n{payload}")
}

/// The digest of a body in hexadecimal, unless the request says that its payload is not signed. Whatever
/// other digest the request states is not believed; with a wrong one the signature does not match.
pub(super) fn payload(request: &HttpRequest<'_>) -> Cow<'static, str> {
    if request.header(CONTENT_SHA256) == Some(UNSIGNED_PAYLOAD) {
        return Cow::Borrowed(UNSIGNED_PAYLOAD);
    }
    Cow::Owned(sha256_hex(request.body))
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes).as_ref())
}

/// The path, encoded once more; only S3 signs it as it is, because there dots and slashes are names.
fn canonical_path(path: &str, service: &str) -> String {
    if service == "s3" {
        return path.to_owned();
    }
    let mut encoded = String::with_capacity(path.len());
    percent::encode_into(&mut encoded, &without_dot_segments(path), b"/");
    encoded
}

/// Without empty segments, `.` and `..`. Source: RFC 3986, section 5.2.4.
fn without_dot_segments(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    let ends_open = path.ends_with('/') && !segments.is_empty();
    format!("/{}{}", segments.join("/"), if ends_open { "/" } else { "" })
}

/// The fields in one spelling and sorted, without the signature itself.
fn canonical_query(query: &str) -> String {
    let encode = |text: &str| {
        let mut encoded = String::with_capacity(text.len());
        percent::encode_into(&mut encoded, &percent::decode(text), b"");
        encoded
    };
    let mut fields: Vec<(String, String)> =
        percent::raw_fields(query).map(|(key, value)| (encode(key), encode(value))).collect();
    fields.retain(|(key, _)| key != "X-Amz-Signature");
    fields.sort_unstable();
    let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    fields.join("&")
}

/// One line per header, with single spaces; several values are joined by commas.
fn canonical_headers(request: &HttpRequest<'_>, signed_headers: &str) -> String {
    let mut lines = String::new();
    for name in signed_headers.split(';') {
        let values: Vec<String> = request.header_values(name).map(single_spaced).collect();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    lines
}

fn single_spaced(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, want) in [
            ("", "/"),
            ("/", "/"),
            ("//a//b/", "/a/b/"),
            ("/a/./b/../c", "/a/c"),
            ("/../..", "/"),
            ("/a%20b/ü", "/a%2520b/%C3%BC"),
        ] {
            assert_eq!(canonical_path(path, "ecs"), want, "{path}");
        }
        assert_eq!(canonical_path("/a//b/../%20", "s3"), "/a//b/../%20");
    }

    #[test]
    fn queries() {
        assert_eq!(canonical_query("b=2&a=x+y&a=%7e&X-Amz-Signature=00&c"), "a=x%20y&a=~&b=2&c=");
    }
}
