//! A form as a tree, without building one.

use crate::schema::{Problem, ReadError};
use crate::text::percent;
use std::borrow::Cow;

/// Fields of one form. AWS's largest request, 1,000 metric values with all their dimensions, has some
/// 70,000; a bound keeps two bytes of input from taking fifty of memory without end.
const MAX_FIELDS: usize = 200_000;

/// All fields, sorted by their decoded names; fields of one name stay in their order.
pub(super) struct Form<'a> {
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

/// One place in the tree: its own value, and the fields whose names start with its path and a dot.
#[derive(Clone, Copy)]
pub(super) struct Node<'f> {
    pub(super) value: Option<&'f str>,
    below: &'f [Field<'f>],
    /// Bytes of the path and its dot, which all fields below share.
    path_length: usize,
}

impl<'a> Form<'a> {
    pub(super) fn parse(form: &'a [u8]) -> Result<Form<'a>, ReadError> {
        let text = std::str::from_utf8(form)
            .map_err(|error| Problem::Syntax { what: "invalid UTF-8", offset: error.valid_up_to() })?;
        let mut fields = Vec::new();
        for (name, value) in percent::raw_fields(text) {
            if fields.len() == MAX_FIELDS {
                return Err(Problem::TooLarge.into());
            }
            fields.push(Field { name: percent::decode(name), value: percent::decode(value) });
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Form { fields })
    }

    pub(super) fn root(&self) -> Node<'_> {
        Node { value: None, below: &self.fields, path_length: 0 }
    }
}

impl<'f> Node<'f> {
    /// A place that no field names.
    pub(super) const EMPTY: Node<'static> = Node { value: None, below: &[], path_length: 0 };

    /// The place below this one, if any field names it.
    pub(super) fn child(&self, name: &str) -> Option<Node<'f>> {
        let value = self.value_of(name);
        let start = self.below.partition_point(|field| self.rest(field).bytes().lt(dotted(name)));
        let (_, tail) = self.below.split_at(start);
        let count = tail.partition_point(|field| is_below(self.rest(field), name));
        let below = &tail[..count];
        let exists = value.is_some() || !below.is_empty();
        exists.then_some(Node { value, below, path_length: self.path_length + name.len() + 1 })
    }

    /// The children whose names are numbers, in ascending order of these.
    pub(super) fn elements(&self) -> Vec<Node<'f>> {
        let mut numbered: Vec<(u32, &str)> = Vec::new();
        for field in self.below {
            let name = self.rest(field).split('.').next().unwrap_or("");
            let Ok(number) = name.parse() else { continue };
            if numbered.last().is_none_or(|(last, _)| *last != number) {
                numbered.push((number, name));
            }
        }
        numbered.sort_unstable();
        numbered.dedup_by_key(|(number, _)| *number);
        numbered.iter().filter_map(|(_, name)| self.child(name)).collect()
    }

    /// The last value of the field that has exactly this name.
    fn value_of(&self, name: &str) -> Option<&'f str> {
        let end = self.below.partition_point(|field| self.rest(field) <= name);
        let last = &self.below[..end].last()?;
        (self.rest(last) == name).then_some(&*last.value)
    }

    /// A field's name without this node's path.
    fn rest(&self, field: &'f Field<'f>) -> &'f str {
        &field.name[self.path_length..]
    }
}

fn dotted(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().chain([b'.'])
}

fn is_below(rest: &str, name: &str) -> bool {
    rest.strip_prefix(name).is_some_and(|tail| tail.starts_with('.'))
}
