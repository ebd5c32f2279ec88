//! No part of a signed request can be changed.

use crate::sigv4::{NOW, at, credentials, signed, verify};
use gantry_wire::HttpRequest;
use proptest::prelude::*;

/// One request, owned, so that parts of it can be changed.
#[derive(Debug, Clone)]
struct Sample {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sample {
    fn of(request: &HttpRequest<'_>) -> Sample {
        Sample {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            query: request.query.to_owned(),
            headers: request.headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: request.body.to_vec(),
        }
    }

    fn with<R>(&self, then: impl FnOnce(&HttpRequest<'_>) -> R) -> R {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let Sample { method, path, query, body, .. } = self;
        then(&HttpRequest { method, path, query, headers: &headers, body })
    }

    fn is_accepted(&self) -> bool {
        self.with(|request| verify(request, at(NOW)).is_ok())
    }
}

fn samples() -> impl Strategy<Value = Sample> {
    let path = "(/[a-z0-9%._~-]{0,6}){1,3}";
    let query = "([a-z]{1,3}=[a-z0-9%+]{0,4}&){0,3}";
    let extra = prop::collection::vec(("x-amz-[a-z]{1,5}|[a-z]{2,6}", "[ -~]{0,10}"), 0..3);
    ("GET|POST", path, query, extra, any::<Vec<u8>>()).prop_map(|(method, path, query, mut headers, body)| {
        headers.retain(|(name, _)| !["host", "x-amz-date"].contains(&name.as_str()));
        headers.push(("Host".to_owned(), "localhost:4780".to_owned()));
        let unsigned = Sample { method, path, query, headers, body };
        unsigned.with(|request| signed(request, &credentials(), Sample::of))
    })
}

/// Changes one character of a text into another letter or digit, so that whitespace rules do not matter.
fn change(text: &mut String, place: prop::sample::Index) -> bool {
    let letters: Vec<usize> = text
        .char_indices()
        .filter(|(_, character)| character.is_ascii_alphanumeric())
        .map(|(at, _)| at)
        .collect();
    let Some(&at) = letters.get(place.index(letters.len().max(1))) else { return false };
    let other = if &text[at..=at] == "7" { "8" } else { "7" };
    text.replace_range(at..=at, other);
    true
}

proptest! {
    #[test]
    fn as_signed(sample in samples()) {
        prop_assert!(sample.is_accepted());
    }

    #[test]
    fn another_method_path_or_body(sample in samples(), place: prop::sample::Index, byte: u8) {
        let mut method = sample.clone();
        change(&mut method.method, place);
        prop_assert!(!method.is_accepted());

        let mut path = sample.clone();
        path.path.push_str("/more");
        prop_assert!(!path.is_accepted());

        let mut body = sample;
        body.body.push(byte);
        prop_assert!(!body.is_accepted());
    }

    #[test]
    fn another_query(mut sample in samples()) {
        sample.query.push_str("more=1");
        prop_assert!(!sample.is_accepted());
    }

    /// Every header, the signature itself included.
    #[test]
    fn another_header(sample in samples(), which: prop::sample::Index, place: prop::sample::Index) {
        let mut changed = sample;
        let index = which.index(changed.headers.len());
        if change(&mut changed.headers[index].1, place) {
            prop_assert!(!changed.is_accepted());
        }
    }

    #[test]
    fn a_header_less(sample in samples(), which: prop::sample::Index) {
        let mut less = sample;
        let (_, value) = less.headers.remove(which.index(less.headers.len()));
        // A header without a value signs like one that is not there.
        prop_assert!(value.trim().is_empty() || !less.is_accepted());
    }

    #[test]
    fn a_header_more(sample in samples()) {
        let mut more = sample;
        more.headers.push(("X-Amz-Target".to_owned(), "Kitchen.Other".to_owned()));
        prop_assert!(!more.is_accepted());
    }

    #[test]
    fn random_signatures_never_panic(authorization: String, query: String, date: String) {
        let headers = [("authorization", authorization.as_str()), ("x-amz-date", date.as_str())];
        let request = HttpRequest { method: "POST", path: "/", query: &query, headers: &headers, body: b"" };
        let _ = verify(&request, at(NOW));
        let _ = verify(&HttpRequest { headers: &[], ..request }, at(NOW));
    }
}
