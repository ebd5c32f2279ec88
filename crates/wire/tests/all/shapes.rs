//! Shapes with one member of every kind.

use gantry_wire::schema::{Blob, Document, Map, Timestamp};
use gantry_wire::{Protocol, ServiceInfo, errors, operations, shape, string_enum};

string_enum! { Colour { Red = "RED", DeepBlue = "deep-blue" } }

shape! { Everything {
    text: String = "text",
    r#type: Colour = "type",
    small: i32 = "small",
    large: i64 = "large",
    number: f64 = "number",
    flag: bool = "flag",
    time: Timestamp = "time",
    bytes: Blob = "bytes",
    any: Document = "any",
    list: Vec<String> = "list",
    named_list: Vec<String> = "namedList" item("name"),
    flat_list: Vec<String> = "flatList" flat,
    lists: Vec<Vec<i32>> = "lists",
    map: Map<i32> = "map",
    map_of_structures: Map<Inner> = "mapOfStructures",
    inner: Inner = "inner",
    inners: Vec<Inner> = "inners",
    again: Box<Everything> = "again",
} }

shape! { Inner {
    name: String = "name" required,
    password: String = "password" sensitive,
    secrets: Vec<Inner> = "secrets" sensitive,
    last: i32 = "last" required,
} }

shape! { Extra { resource_ids: Vec<String> = "resourceIds", } }

operations! {
    Do(Everything) -> Everything [Refused],
    Other(OtherInput) -> Inner [],
}

shape! { OtherInput {} }

errors! {
    Refused = "RefusedException" 400 Sender,
    Broken = "BrokenException" 500 Receiver,
}

pub(crate) const SERVICE: ServiceInfo = ServiceInfo {
    name: "kitchen",
    signing_name: "kitchen-signing",
    endpoint_prefix: "kitchen",
    target_prefix: "Kitchen_20200101",
    api_version: "2020-01-01",
    xml_namespace: "https://kitchen.example/",
    protocols: &[Protocol::AwsJson10, Protocol::AwsQuery],
    operations: Operation::NAMES,
};

pub(crate) fn inner(name: &str) -> Inner {
    Inner { name: Some(name.to_owned()), last: Some(1), ..Inner::default() }
}

/// A value in every member.
pub(crate) fn full() -> Everything {
    Everything {
        text: Some("a \"b\" <c> & é\u{1f600}\n".to_owned()),
        r#type: Some(Colour::DeepBlue),
        small: Some(-5),
        large: Some(1 << 40),
        number: Some(0.25),
        flag: Some(true),
        time: Some(Timestamp::from_epoch_ms(1_431_444_514_347)),
        bytes: Some(Blob(vec![0, 255, 7])),
        any: Some(Document::from_json(r#"{"a":[1,null]}"#).expect("it is JSON")),
        list: Some(vec!["x".to_owned(), String::new()]),
        named_list: Some(vec!["y".to_owned()]),
        flat_list: Some(vec!["z".to_owned(), "w".to_owned()]),
        lists: Some(vec![vec![1, 2], vec![]]),
        map: Some([("k".to_owned(), 1), ("l".to_owned(), 2)].into()),
        map_of_structures: Some([("m".to_owned(), inner("n"))].into()),
        inner: Some(Inner { password: Some("p".to_owned()), ..inner("o") }),
        inners: Some(vec![inner("q"), inner("r")]),
        again: Some(Box::new(Everything { small: Some(1), ..Everything::default() })),
    }
}
