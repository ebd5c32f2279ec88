//! What every shape's conversion needs: lists, required members, words out of a list.

use crate::Fault;
use crate::ecs::fault::client;
use std::str::FromStr;

/// Converts each element; an absent list stays absent.
pub(super) fn some_each<S, R>(list: Option<Vec<S>>, convert: impl FnMut(S) -> R) -> Option<Vec<R>> {
    list.map(|list| list.into_iter().map(convert).collect())
}

/// As [`some_each`], for elements that may be bad.
pub(super) fn some_try_each<S, R>(
    list: Option<Vec<S>>,
    convert: impl FnMut(S) -> Result<R, Fault>,
) -> Result<Option<Vec<R>>, Fault> {
    list.map(|list| try_each(list, convert)).transpose()
}

/// Converts each element of a list.
pub(super) fn try_each<S, R>(
    list: Vec<S>,
    convert: impl FnMut(S) -> Result<R, Fault>,
) -> Result<Vec<R>, Fault> {
    list.into_iter().map(convert).collect()
}

/// A text that must be there.
pub(super) fn required(value: Option<String>, thing: &str) -> Result<String, Fault> {
    present(not_empty(value), thing)
}

/// A value that must be there.
pub(super) fn present<T>(value: Option<T>, thing: &str) -> Result<T, Fault> {
    value.ok_or_else(|| client(format!("{thing} should not be null or empty.")))
}

/// ECS takes an empty text for an absent one where it names a role or a thing.
pub(super) fn not_empty(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// One of the words of an enumeration, kept as the user wrote it.
pub(super) fn word(value: &str, thing: &str, words: &[&str]) -> Result<String, Fault> {
    if words.contains(&value) { Ok(value.to_owned()) } else { Err(unknown_word(thing, words)) }
}

/// One of the words of an enumeration that the model knows as a type.
pub(super) fn known<T: FromStr>(value: &str, thing: &str, words: &[&str]) -> Result<T, Fault> {
    value.parse().map_err(|_| unknown_word(thing, words))
}

fn unknown_word(thing: &str, words: &[&str]) -> Fault {
    client(format!("{thing} should be one of [{}]", words.join(",")))
}
