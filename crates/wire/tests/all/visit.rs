//! Redaction, and the first missing member.

use crate::shapes::{Everything, Inner, full, inner};
use gantry_wire::visit::{first_missing, redacted};

#[test]
fn sensitive_members_are_hidden_whatever_they_hold() {
    let value = Inner {
        name: Some("n".to_owned()),
        password: Some("hunter2".to_owned()),
        secrets: Some(vec![Inner { secrets: Some(vec![inner("deep")]), ..inner("x") }, inner("y")]),
        last: Some(3),
    };
    let want = r#"{"name":"n","password":"***","secrets":"***","last":3}"#;
    assert_eq!(redacted(&value), want);
    assert_eq!(format!("{value:?}"), want);
}

#[test]
fn an_empty_sensitive_member_hides_nothing_else() {
    let value = Inner { secrets: Some(vec![]), ..inner("n") };
    assert_eq!(redacted(&value), r#"{"name":"n","secrets":"***","last":1}"#);
}

#[test]
fn everything_else_is_shown() {
    let shown = redacted(&full());
    assert_eq!(shown, gantry_wire::codec::json::to_string(&full()).replace("\"p\"", "\"***\""));
}

fn missing(value: &Everything) -> Option<String> {
    first_missing(value).map(|missing| format!("{missing} of {}", missing.structure))
}

#[test]
fn nothing_is_missing() {
    assert_eq!(missing(&full()), None);
    assert_eq!(missing(&Everything::default()), None);
}

#[test]
fn the_first_missing_member_is_named_with_its_path() {
    let nameless = || Inner { name: None, ..inner("") };
    let endless = || Inner { last: None, ..inner("x") };
    for (value, want) in [
        (Everything { inner: Some(nameless()), ..Everything::default() }, "inner.name of Inner"),
        (
            Everything { inners: Some(vec![inner("a"), endless(), nameless()]), ..Everything::default() },
            "inners.1.last of Inner",
        ),
        (
            Everything {
                map_of_structures: Some([("a".to_owned(), inner("a")), ("b".to_owned(), nameless())].into()),
                inner: Some(nameless()),
                ..Everything::default()
            },
            "mapOfStructures.b.name of Inner",
        ),
        (
            Everything {
                again: Some(Box::new(Everything { inner: Some(endless()), ..Everything::default() })),
                ..Everything::default()
            },
            "again.inner.last of Inner",
        ),
        (
            Everything {
                inner: Some(Inner { secrets: Some(vec![nameless()]), ..endless() }),
                ..Everything::default()
            },
            "inner.secrets.0.name of Inner",
        ),
    ] {
        assert_eq!(missing(&value).as_deref(), Some(want));
    }
}
