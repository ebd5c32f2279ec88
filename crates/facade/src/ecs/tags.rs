//! Tags on their way in and out.

use super::check;
use super::fault::invalid;
use crate::Fault;
use gantry_model::{Tags, quota};
use gantry_shapes::ecs::Tag;

/// Most characters of a key.
const KEY_CHARS_MAX: usize = 128;
/// Most characters of a value.
const VALUE_CHARS_MAX: usize = 256;
/// What keys of AWS's own tags begin with, in any case.
const RESERVED_PREFIX: &str = "aws:";

/// Reads the tags of a request; absent means none.
pub(crate) fn read(given: Option<Vec<Tag>>) -> Result<Tags, Fault> {
    let given = given.unwrap_or_default();
    check::at_most_items(&given, "tags", quota::TAGS_PER_RESOURCE)?;
    let mut tags = Tags::new();
    for tag in given {
        let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        check_key(&key)?;
        check::no_longer_than(Some(&value), "Tag value", VALUE_CHARS_MAX)?;
        check_characters(&value, "Tag value")?;
        if tags.insert(key, value).is_some() {
            return Err(invalid("Duplicate tag keys found. Tag keys must be unique."));
        }
    }
    Ok(tags)
}

/// Checks a key that a client wants to set or remove.
pub(crate) fn check_key(key: &str) -> Result<(), Fault> {
    check::not_blank(key, "Tag key")?;
    check::no_longer_than(Some(key), "Tag key", KEY_CHARS_MAX)?;
    check_characters(key, "Tag key")?;
    let reserved =
        key.get(..RESERVED_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED_PREFIX));
    if reserved {
        Err(invalid("Tag keys starting with 'aws:' are reserved for internal use."))
    } else {
        Ok(())
    }
}

/// Letters, digits and spaces of any script, and `_ . : / = + - @`.
fn check_characters(text: &str, thing: &str) -> Result<(), Fault> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if text.chars().all(allowed) {
        Ok(())
    } else {
        Err(invalid(format!("{thing} contains invalid characters.")))
    }
}

/// Tags as shapes carry them.
pub(crate) fn shown(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: Some(key.clone()), value: Some(value.clone()) }).collect()
}
