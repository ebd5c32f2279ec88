//! Requests for the other tests.

use gantry_wire::HttpRequest;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(crate) fn post<'a>(headers: &'a [(&'a str, &'a str)], body: &'a str) -> HttpRequest<'a> {
    HttpRequest { method: "POST", path: "/", query: "", headers, body: body.as_bytes() }
}

#[test]
fn headers_are_found_in_any_case() {
    let headers = [("Content-Type", "Text/XML ; charset=x"), ("a", "1"), ("A", "2")];
    let request = post(&headers, "");
    assert_eq!(request.media_type(), "Text/XML");
    assert_eq!(request.header_values("A").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(request.header("b"), None);
}
