//! JSON in both directions.

use crate::shapes::{Colour, Everything, full};
use gantry_wire::codec::json::{parse, to_string};
use gantry_wire::schema::{Document, Map, Timestamp};

fn read(body: &str) -> Everything {
    parse(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn refusal(body: &str) -> String {
    parse::<Everything>(body.as_bytes()).expect_err(body).to_string()
}

#[test]
fn everything_there_and_back() {
    let text = to_string(&full());
    assert_eq!(
        text,
        concat!(
            r#"{"text":"a \"b\" <c> & é😀\n","type":"deep-blue","small":-5,"large":1099511627776,"#,
            r#""number":0.25,"flag":true,"time":1431444514.347,"bytes":"AP8H","any":{"a":[1,null]},"#,
            r#""list":["x",""],"namedList":["y"],"flatList":["z","w"],"lists":[[1,2],[]],"#,
            r#""map":{"k":1,"l":2},"mapOfStructures":{"m":{"name":"n","last":1}},"#,
            r#""inner":{"name":"o","password":"p","last":1},"#,
            r#""inners":[{"name":"q","last":1},{"name":"r","last":1}],"again":{"small":1}}"#,
        )
    );
    assert_eq!(read(&text), full());
}

#[test]
fn absent_null_and_empty_are_told_apart() {
    assert_eq!(read(""), Everything::default());
    assert_eq!(read(r#"{"list":null,"text":null}"#), Everything::default());
    assert_eq!(read(r#"{"list":[]}"#).list, Some(vec![]));
    assert_eq!(read(r#"{"map":{}}"#).map, Some(Map::new()));
    assert_eq!(read(r#"{"text":""}"#).text.as_deref(), Some(""));
}

#[test]
fn unknown_members_are_skipped_and_the_last_of_two_wins() {
    let body = r#" { "new" : [1, {"a":"\u00e9"}, "x", true, false, null, -1.5e3] , "small":1,"small" :2 } "#;
    assert_eq!(read(body), Everything { small: Some(2), ..Everything::default() });
    assert_eq!(read(r#"{"list":["a"],"list":["b"]}"#).list, Some(vec!["b".to_owned()]));
    assert_eq!(read(r#"{"map":{"k":1,"k":2}}"#).map, Some([("k".to_owned(), 2)].into()));
}

#[test]
fn open_enumerations_keep_what_they_do_not_know() {
    let read = read(r#"{"type":"PLAID"}"#);
    assert_eq!(read.r#type, Some(Colour::Unrecognized("PLAID".into())));
    assert_eq!(to_string(&read), r#"{"type":"PLAID"}"#);
    assert_eq!(Colour::VALUES, ["RED", "deep-blue"]);
}

#[test]
fn strings() {
    for (text, want) in [
        (r#""\u00e9\u0000""#, "é\0"),
        (r#""\ud83d\ude00\/\b\f\n\r\t\\""#, "😀/\u{8}\u{c}\n\r\t\\"),
        (r#""é😀""#, "é😀"),
    ] {
        assert_eq!(read(&format!(r#"{{"text":{text}}}"#)).text.as_deref(), Some(want));
    }
    for text in [
        r#""\ud83d""#,
        r#""\ud83d\u0041""#,
        r#""\ude00""#,
        r#""\ude00\ude00""#,
        r#""\u00g0""#,
        r#""\x""#,
        r#""a"#,
        r#""\"#,
        "\"\n\"",
        "'a'",
    ] {
        refusal(&format!(r#"{{"text":{text}}}"#));
    }
}

#[test]
fn numbers() {
    for (text, want) in [("1.0", 1), ("1e3", 1000), ("-0", 0), ("2147483647", i32::MAX)] {
        assert_eq!(read(&format!(r#"{{"small":{text}}}"#)).small, Some(want), "{text}");
    }
    for text in ["1.5", "2147483648", "1e99", "99999999999999999999"] {
        let message = "NUMBER_VALUE cannot be converted to Integer";
        assert_eq!(refusal(&format!(r#"{{"small":{text}}}"#)), message, "{text}");
    }
    for text in ["01", "-", "1.", ".5", "1e", "+1", "0x10", "NaN", "--1"] {
        refusal(&format!(r#"{{"small":{text}}}"#));
        refusal(&format!(r#"{{"new":{text}}}"#));
    }
    assert_eq!(read(r#"{"number":"-Infinity"}"#).number, Some(f64::NEG_INFINITY));
    assert!(read(r#"{"number":"NaN"}"#).number.is_some_and(f64::is_nan));
    refusal(r#"{"number":"1"}"#);
    refusal(r#"{"number":1e999}"#);
}

#[test]
fn times() {
    for (text, epoch_ms, back) in [
        ("1431444514.347", 1_431_444_514_347, "1431444514.347"),
        ("1.789551555929E9", 1_789_551_555_929, "1789551555.929"),
        ("0.5", 500, "0.5"),
        ("-1.25", -1250, "-1.25"),
        ("7", 7000, "7"),
    ] {
        let time = Timestamp::from_epoch_ms(epoch_ms);
        let value = read(&format!(r#"{{"time":{text}}}"#));
        assert_eq!(value.time, Some(time), "{text}");
        assert_eq!(to_string(&value), format!(r#"{{"time":{back}}}"#));
    }
    refusal(r#"{"time":1e300}"#);
    refusal(r#"{"time":"2020-01-01T00:00:00Z"}"#);
}

/// The texts are AWS's; ECS answers the first one to a port that is given as a string.
#[test]
fn wrong_types_are_refused_in_the_words_of_aws() {
    for (body, want) in [
        (r#"{"small":"1"}"#, "STRING_VALUE cannot be converted to Integer"),
        (r#"{"large":true}"#, "TRUE_VALUE cannot be converted to Long"),
        (r#"{"text":1}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"flag":"true"}"#, "STRING_VALUE cannot be converted to Boolean"),
        (r#"{"list":"x"}"#, "STRING_VALUE cannot be converted to List"),
        (r#"{"list":[null]}"#, "NULL_VALUE cannot be converted to String"),
        (r#"{"map":{"k":null}}"#, "NULL_VALUE cannot be converted to Integer"),
        (r#"{"inner":1}"#, "NUMBER_VALUE cannot be converted to Structure"),
        (r#"{"text":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"inner":[]}"#, "Start of list found where not expected"),
        (r#"[]"#, "Start of list found where not expected"),
    ] {
        assert_eq!(refusal(body), want, "{body}");
    }
}

#[test]
fn the_place_of_an_error_is_kept_for_logs() {
    let error = parse::<Everything>(br#"{"again":{"inners":[{"last":""}]}}"#).expect_err("it is a string");
    assert_eq!(error.path(), "again.inners.last");
}

#[test]
fn what_is_not_json_is_refused() {
    for body in [
        "{",
        "}",
        "{}x",
        "{} {}",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{a:1}"#,
        r#"{"list":[,]}"#,
        r#"{"list":["a",]}"#,
        r#"{"list":["a" "b"]}"#,
        r#"{"flag":tru}"#,
        r#"{"any":nul}"#,
        "null",
        "\u{feff}{}",
        r#"{"bytes":"!"}"#,
        " ",
    ] {
        refusal(body);
    }
    parse::<Everything>(b"{\"text\":\"\xff\"}").expect_err("it is not UTF-8");
}

#[test]
fn documents_hold_one_value() {
    for json in ["1", "{\"a\":[]}", "\"x\"", "null"] {
        assert_eq!(Document::from_json(json).expect(json).as_json(), json);
    }
    for json in ["", " 1", "1 ", "1 2", "{", "x"] {
        Document::from_json(json).expect_err(json);
    }
}
