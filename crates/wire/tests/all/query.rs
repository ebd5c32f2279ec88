//! Forms into shapes.

use crate::http::{FORM, post};
use crate::shapes::{Colour, Everything, Inner, full, inner};
use gantry_wire::codec::read_input;
use gantry_wire::schema::Map;
use gantry_wire::{HttpRequest, Protocol, ReadError};

fn try_read(form: &str) -> Result<Everything, ReadError> {
    read_input(Protocol::AwsQuery, &post(&[("content-type", FORM)], form))
}

fn read(form: &str) -> Everything {
    try_read(form).unwrap_or_else(|error| panic!("{form}: {error}"))
}

#[test]
fn every_kind_of_member() {
    let form = "Action=Do&Version=2020-01-01&text=a+%22b%22+%3Cc%3E+%26+%C3%A9%F0%9F%98%80%0A&type=deep-blue\
        &small=-5&large=1099511627776&number=0.25&flag=true&time=2015-05-12T15%3A28%3A34.347Z&bytes=AP8H\
        &any=%7B%22a%22%3A%5B1%2Cnull%5D%7D&list.member.1=x&list.member.2=&namedList.name.1=y\
        &flatList.1=z&flatList.2=w&lists.member.1.member.1=1&lists.member.1.member.2=2&lists.member.2=\
        &map.entry.1.key=k&map.entry.1.value=1&map.entry.2.key=l&map.entry.2.value=2\
        &mapOfStructures.entry.1.key=m&mapOfStructures.entry.1.value.name=n&mapOfStructures.entry.1.value.last=1\
        &inner.name=o&inner.password=p&inner.last=1&inners.member.1.name=q&inners.member.1.last=1\
        &inners.member.2.name=r&inners.member.2.last=1&again.small=1";
    assert_eq!(read(form), full());
}

#[test]
fn elements_come_in_the_order_of_their_numbers() {
    let form = "list.member.10=c&list.member.9=b&list.member.1=a&list.member.x=no&list.member=no";
    assert_eq!(read(form).list, Some(["a", "b", "c"].map(String::from).to_vec()));
}

#[test]
fn similar_names_are_not_confused() {
    let form = "inner-x=1&inner.name=n&inner.last=1&innerx.name=2&inner.name.x=3&inners=";
    let want = Everything { inner: Some(inner("n")), inners: Some(vec![]), ..Everything::default() };
    assert_eq!(read(form), want);
}

#[test]
fn empty_and_absent_are_told_apart() {
    assert_eq!(read(""), Everything::default());
    assert_eq!(read("list=").list, Some(vec![]));
    assert_eq!(read("map=").map, Some(Map::new()));
    assert_eq!(read("text=").text.as_deref(), Some(""));
}

/// A form has no fields for a structure without members; only its key shows that it is there.
#[test]
fn a_map_may_hold_empty_structures() {
    let want = Map::from([("k".to_owned(), Inner::default())]);
    assert_eq!(read("mapOfStructures.entry.1.key=k").map_of_structures, Some(want));
}

#[test]
fn the_last_of_two_fields_wins() {
    assert_eq!(read("small=1&small=2").small, Some(2));
}

#[test]
fn a_get_reads_its_query_string() {
    let request =
        HttpRequest { method: "GET", path: "/", query: "Action=Do&type=RED", headers: &[], body: b"" };
    let value: Everything = read_input(Protocol::AwsQuery, &request).expect("it is well-formed");
    assert_eq!(value.r#type, Some(Colour::Red));
}

#[test]
fn wrong_types_are_refused() {
    for (form, want) in [
        ("small=x", "Value is not a valid Integer"),
        ("small=1.5", "Value is not a valid Integer"),
        ("small=2147483648", "NUMBER_VALUE cannot be converted to Integer"),
        ("flag=yes", "Value is not a valid Boolean"),
        ("time=7", "Value is not a valid Timestamp"),
        ("bytes=!", "Value is not a valid Blob"),
        ("text.x=1", "Value is not a valid String"),
        ("map.entry.1.value=1", "Value is not a valid Map"),
        ("map.entry.1.key=k", "Value is not a valid Integer"),
        ("number=", "Value is not a valid Double"),
        ("any=%7B", "Value is not a valid Document"),
    ] {
        assert_eq!(try_read(form).expect_err(form).to_string(), want, "{form}");
    }
}
