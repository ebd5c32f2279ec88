//! Forms into shapes.

use super::form::Node;
use crate::schema::{
    Blob, Document, Limits, Member, Problem, ReadEntry, ReadError, ReadItem, Reader, Structure, Timestamp,
};
use crate::text::{base64, time};
use std::borrow::Cow;

/// Reads the value at one place of a form.
pub(super) struct QueryReader<'f> {
    node: Node<'f>,
    limits: Limits,
}

impl<'f> QueryReader<'f> {
    pub(super) fn new(node: Node<'f>) -> QueryReader<'f> {
        QueryReader { node, limits: Limits::new() }
    }

    pub(super) fn read(mut self, into: &mut dyn Structure) -> Result<(), ReadError> {
        self.structure(into)
    }

    /// Reads one level deeper, at `node`.
    fn at<R>(
        &mut self,
        node: Node<'f>,
        read: impl FnOnce(&mut Self) -> Result<R, ReadError>,
    ) -> Result<R, ReadError> {
        self.limits.enter()?;
        let here = std::mem::replace(&mut self.node, node);
        let result = read(self);
        self.node = here;
        self.limits.leave();
        result
    }

    fn text(&self, wanted: &'static str) -> Result<&'f str, ReadError> {
        self.node.value.ok_or(Problem::Form { wanted }.into())
    }

    fn parse<T>(&self, wanted: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, ReadError> {
        read(self.text(wanted)?).ok_or(Problem::Form { wanted }.into())
    }

    /// Where the elements of a list or the entries of a map stand.
    fn inside(&self, member: &Member, wrapper: &str) -> Option<Node<'f>> {
        if member.flat { Some(self.node) } else { self.node.child(wrapper) }
    }
}

impl Reader for QueryReader<'_> {
    fn null(&mut self) -> Result<bool, ReadError> {
        Ok(false)
    }

    fn structure(&mut self, into: &mut dyn Structure) -> Result<(), ReadError> {
        for (index, member) in into.schema().members.iter().enumerate() {
            if let Some(node) = self.node.child(member.name) {
                self.at(node, |reader| into.read_member(index, reader))?;
            }
        }
        Ok(())
    }

    fn list(&mut self, member: &'static Member, each: &mut ReadItem<'_>) -> Result<(), ReadError> {
        let Some(inside) = self.inside(member, member.item) else { return Ok(()) };
        for element in inside.elements() {
            self.at(element, |reader| each(reader))?;
        }
        Ok(())
    }

    fn map(&mut self, member: &'static Member, each: &mut ReadEntry<'_>) -> Result<(), ReadError> {
        let Some(inside) = self.inside(member, "entry") else { return Ok(()) };
        for entry in inside.elements() {
            let key = entry.child("key").and_then(|key| key.value).ok_or(Problem::Form { wanted: "Map" })?;
            // A value without any field is an empty structure.
            let value = entry.child("value").unwrap_or(Node::EMPTY);
            self.at(value, |reader| each(key.to_owned(), reader))?;
        }
        Ok(())
    }

    fn take_memory(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.limits.take_memory(bytes)
    }

    fn boolean(&mut self) -> Result<bool, ReadError> {
        self.parse("Boolean", |text| text.to_ascii_lowercase().parse().ok())
    }

    fn integer(&mut self, wanted: &'static str) -> Result<i64, ReadError> {
        self.parse(wanted, |text| text.parse().ok())
    }

    fn float(&mut self) -> Result<f64, ReadError> {
        self.parse("Double", |text| text.parse().ok())
    }

    fn string(&mut self) -> Result<Cow<'_, str>, ReadError> {
        self.text("String").map(Cow::Borrowed)
    }

    fn blob(&mut self) -> Result<Blob, ReadError> {
        self.parse("Blob", base64::decode).map(Blob)
    }

    fn timestamp(&mut self) -> Result<Timestamp, ReadError> {
        self.parse("Timestamp", time::parse_rfc3339)
    }

    fn document(&mut self) -> Result<Document, ReadError> {
        self.parse("Document", |text| Document::from_json(text).ok())
    }
}
