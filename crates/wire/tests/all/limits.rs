//! Readers against hostile input.

use crate::http::{FORM, post};
use crate::shapes::Everything;
use gantry_wire::codec::{json, read_input};
use gantry_wire::schema::{MAX_DEPTH, MAX_MEMORY_BYTES, Map, Problem};
use gantry_wire::{Protocol, ReadError, shape};
use proptest::prelude::*;

fn read_form(form: &str) -> Result<Everything, ReadError> {
    read_input(Protocol::AwsQuery, &post(&[("content-type", FORM)], form))
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    format!("{}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn nesting_is_bounded() {
    let levels = MAX_DEPTH as usize;
    let known = |depth| format!("{}{{}}{}", r#"{"again":"#.repeat(depth), "}".repeat(depth));
    json::parse::<Everything>(known(levels - 1).as_bytes()).expect("the last level that is read");
    for body in [
        known(levels),
        known(100_000),
        format!(r#"{{"new":{}}}"#, nested(100_000, "[", "]")),
        format!(r#"{{"any":{}}}"#, nested(100_000, "[", "]")),
    ] {
        let error = json::parse::<Everything>(body.as_bytes()).expect_err("too deep");
        assert_eq!(error.problem(), &Problem::TooDeep);
    }
    let form = format!("{}small=1", "again.".repeat(100_000));
    assert_eq!(read_form(&form).expect_err("too deep").problem(), &Problem::TooDeep);
}

shape! { Many {
    list: Vec<Everything> = "list",
    map: Map<Everything> = "map",
    again: Box<Many> = "again",
} }

fn read_many(body: &str) -> Result<Many, ReadError> {
    json::parse(body.as_bytes())
}

/// Three bytes of input ask for a structure of a hundred times their size.
#[test]
fn memory_of_lists_is_bounded() {
    let within = MAX_MEMORY_BYTES / size_of::<Everything>();
    let body = |count: usize| format!(r#"{{"list":[{}{{}}]}}"#, "{},".repeat(count - 1));
    read_many(&body(within)).expect("as many as fit");
    assert_eq!(read_many(&body(within + 1)).expect_err("one too many").problem(), &Problem::TooLarge);
}

#[test]
fn memory_of_maps_and_boxes_is_bounded() {
    let count = MAX_MEMORY_BYTES / size_of::<Everything>();
    let entries: String = (0..count).map(|key| format!(r#""{key}":{{}},"#)).collect();
    let error = read_many(&format!(r#"{{"map":{{{entries}"last":{{}}}}}}"#)).expect_err("too many entries");
    assert_eq!(error.problem(), &Problem::TooLarge);

    let boxes = r#"{"again":{}},"#.repeat(MAX_MEMORY_BYTES / size_of::<Everything>() / 2);
    let error = read_many(&format!(r#"{{"list":[{boxes}{{}}]}}"#)).expect_err("too many boxes");
    assert_eq!(error.problem(), &Problem::TooLarge);
}

#[test]
fn fields_of_a_form_are_bounded() {
    let error = read_form(&"a&".repeat(300_000)).expect_err("too many");
    assert_eq!(error.problem(), &Problem::TooLarge);
}

/// Text that is nearly JSON, which gets further into the reader than random bytes do.
fn nearly_json() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(":".to_owned()),
        Just(",".to_owned()),
        prop::sample::select(vec!["text", "small", "again", "inners", "map", "any", "bytes", "time", "list"])
            .prop_map(|name| format!("\"{name}\"")),
        "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][0-9]{0,3})?",
        "\"\\PC{0,4}\"",
        Just("\"\\ud83d\\u".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn json_never_panics(bytes: Vec<u8>, text in nearly_json()) {
        let _ = json::parse::<Everything>(&bytes);
        let _ = json::parse::<Everything>(text.as_bytes());
    }

    #[test]
    fn what_is_read_is_written_and_read_again(text in nearly_json()) {
        if let Ok(value) = json::parse::<Everything>(text.as_bytes()) {
            let written = json::to_string(&value);
            let again = json::parse::<Everything>(written.as_bytes());
            prop_assert_eq!(again.map(|again| json::to_string(&again)), Ok(written));
        }
    }

    #[test]
    fn forms_never_panic(bytes: Vec<u8>, text in "([a-z]{1,5}|again|inners|map|entry|member|[0-9]|[.=&%+]){0,40}") {
        let headers = [("content-type", FORM)];
        let mut request = post(&headers, &text);
        let _ = read_input::<Everything>(Protocol::AwsQuery, &request);
        request.body = &bytes;
        let _ = read_input::<Everything>(Protocol::AwsQuery, &request);
    }
}
