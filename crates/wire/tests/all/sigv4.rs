//! Signatures: what is accepted, and how each refusal reads.

use crate::http::post;
use gantry_wire::schema::Timestamp;
use gantry_wire::sigv4::{Claim, Credentials, KeyError, SecretKey, SignatureError, Signer, sign};
use gantry_wire::text::time;
use gantry_wire::{HttpRequest, Protocol};

pub(crate) const NOW: &str = "20150830T123600Z";
const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

pub(crate) fn at(text: &str) -> Timestamp {
    time::parse_basic(text).expect("a time")
}

pub(crate) fn credentials() -> Credentials {
    Credentials { access_key_id: KEY.to_owned(), secret: SecretKey::new(SECRET), session_token: None }
}

fn secret_of(access_key_id: &str, session_token: Option<&str>) -> Result<SecretKey, KeyError> {
    match (access_key_id, session_token) {
        (KEY, None) | ("ASIATEMPORARY", Some("token")) => Ok(SecretKey::new(SECRET)),
        ("ASIATEMPORARY", Some("old")) => Err(KeyError::Expired),
        _ => Err(KeyError::Unknown),
    }
}

pub(crate) fn verify(request: &HttpRequest<'_>, now: Timestamp) -> Result<Signer, SignatureError> {
    Claim::of(request)?.verify(request, "ecs", now, secret_of)
}

/// The request with the headers that sign it, handed on, because a request only borrows its parts.
pub(crate) fn signed<R>(
    request: &HttpRequest<'_>,
    credentials: &Credentials,
    then: impl FnOnce(&HttpRequest<'_>) -> R,
) -> R {
    let added = sign(request, credentials, "us-east-1", "ecs", at(NOW));
    let added = added.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<(&str, &str)> = request.headers.iter().copied().chain(added).collect();
    then(&HttpRequest { headers: &headers, ..*request })
}

const HEADERS: &[(&str, &str)] = &[("Host", "localhost:4780"), ("X-Amz-Target", "Kitchen.Do")];

#[test]
fn what_we_sign_we_accept() {
    let signer = signed(&post(HEADERS, "{}"), &credentials(), |request| verify(request, at(NOW)));
    let want = Signer { access_key_id: KEY.into(), region: "us-east-1".into(), service: "ecs".into() };
    assert_eq!(signer, Ok(want));
}

#[test]
fn clocks_may_be_five_minutes_apart() {
    signed(&post(HEADERS, ""), &credentials(), |request| {
        for now in ["20150830T124100Z", "20150830T123100Z"] {
            verify(request, at(now)).expect(now);
        }
        let late = verify(request, at("20150830T124101Z")).expect_err("late").to_string();
        assert_eq!(
            late,
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"
        );
        let early = verify(request, at("20150830T123059Z")).expect_err("early").to_string();
        assert_eq!(
            early,
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \
             (20150830T123059Z + 5 min.)"
        );
    });
}

#[test]
fn session_tokens() {
    let with_token = |token: &str| Credentials {
        access_key_id: "ASIATEMPORARY".to_owned(),
        session_token: Some(token.to_owned()),
        ..credentials()
    };
    let outcome = |token| signed(&post(HEADERS, ""), &with_token(token), |request| verify(request, at(NOW)));
    outcome("token").expect("the right token");
    assert_eq!(outcome("old"), Err(SignatureError::ExpiredToken));
    assert_eq!(outcome("other"), Err(SignatureError::UnknownKey));
}

#[test]
fn an_unsigned_payload_is_accepted_where_the_request_says_so() {
    let headers = [HEADERS, &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]].concat();
    signed(&post(&headers, "{}"), &credentials(), |request| {
        verify(&HttpRequest { body: b"other", ..*request }, at(NOW)).expect("the payload is not covered");
    });
}

/// A stated digest does not replace the digest of what came.
#[test]
fn a_wrong_digest_is_not_believed() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let headers = [HEADERS, &[("x-amz-content-sha256", empty)]].concat();
    signed(&post(&headers, ""), &credentials(), |request| {
        verify(request, at(NOW)).expect("the digest is right");
        verify(&HttpRequest { body: b"other", ..*request }, at(NOW)).expect_err("it is no longer");
    });
}

fn refusal(headers: &[(&str, &str)], query: &str) -> SignatureError {
    verify(&HttpRequest { query, ..post(headers, "") }, at(NOW)).expect_err("refused")
}

fn authorization(credential: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00")
}

#[test]
fn refusals_read_as_on_aws() {
    let date = ("x-amz-date", NOW);
    let good = "AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request";
    let with = |credential: &str| refusal(&[("authorization", &authorization(credential)), date], "");
    for (error, code, message) in [
        (refusal(&[], ""), "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (
            refusal(&[("authorization", "AWS4-HMAC-SHA256 Signature=00")], ""),
            "IncompleteSignatureException",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' \
             parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        (
            with(&good.replace(KEY, "OTHER")),
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        (
            with(&good.replace("ecs", "s3")),
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'ecs'. ",
        ),
        (
            with(&good.replace("0830", "0831")),
            "InvalidSignatureException",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '20150831' != '20150830', from '20150830T123600Z'.",
        ),
    ] {
        let fault = error.fault(Protocol::AwsJson11);
        assert_eq!((fault.code(), fault.status(), fault.message()), (code, 400, Some(message)));
    }
    for credential in
        ["", "AKID", "a/b/c/d/aws5_request", "AKID//us-east-1/ecs/aws4_request", "a/b/c/d/aws4_request/"]
    {
        let fault = with(credential).fault(Protocol::AwsJson11);
        assert_eq!(fault.code(), "IncompleteSignatureException", "{credential}");
    }
    let basic = refusal(&[("authorization", "Basic YTpi")], "");
    assert_eq!(basic.fault(Protocol::AwsJson10).code(), "IncompleteSignatureException");
}

#[test]
fn a_wrong_signature_shows_what_should_have_been_signed() {
    let headers = [
        ("authorization", &*authorization("AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request")),
        ("x-amz-date", NOW),
        ("host", "h"),
    ];
    let signed_headers = headers[0].1.replace("=host", "=host;x-amz-date");
    let error = refusal(&[("authorization", &signed_headers), headers[1], headers[2]], "");
    let message = error.to_string();
    assert!(
        message.starts_with("The request signature we calculated does not match the signature you provided.")
    );
    assert!(
        message.contains("\n'POST\n/\n\nhost:h\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\ne3b0c442")
    );
    assert!(message.contains("'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/ecs/aws4_request\n"));
    assert!(!message.contains(SECRET));
}

#[test]
fn query_protocol_codes() {
    let now = at(NOW);
    for (error, code, status) in [
        (SignatureError::Missing, "MissingAuthenticationToken", 403),
        (SignatureError::Incomplete("x".into()), "IncompleteSignature", 400),
        (SignatureError::UnknownKey, "InvalidClientTokenId", 403),
        (SignatureError::ExpiredToken, "ExpiredToken", 403),
        (SignatureError::Expired { signed_at: now, now, lifetime_ms: 0 }, "SignatureDoesNotMatch", 403),
    ] {
        let fault = error.fault(Protocol::AwsQuery);
        assert_eq!((fault.code(), fault.status()), (code, status));
    }
}

#[test]
fn presigned_requests_need_every_parameter() {
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fecs\
        %2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let outcome = |query: &str| refusal(&[("host", "h")], query);
    assert!(matches!(outcome(query), SignatureError::Mismatch { .. }));
    for name in ["X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"]
    {
        let error = outcome(&query.replace(&format!("{name}="), "x="));
        let want = format!("AWS query-string parameters must include '{name}'.");
        assert_eq!(error, SignatureError::Incomplete(want));
    }
    for expires in ["0", "-1", "604801", "x"] {
        let error = outcome(&query.replace("Expires=60", &format!("Expires={expires}")));
        assert_eq!(error, SignatureError::BadExpiry, "{expires}");
    }
    let error = outcome(&query.replace("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=OTHER"));
    assert_eq!(error, SignatureError::Missing);
}

#[test]
fn secrets_are_not_printed() {
    assert!(!format!("{:?}", credentials()).contains(SECRET));
}
