//! The types that a member can have, and how each is walked.

use super::{Blob, Document, Map, Member, Problem, ReadError, Reader, Timestamp, Writer};

/// A member's type. `member` is the structure member that the value belongs to, however deep in lists.
pub trait Value: Sized {
    /// Shows the value.
    fn write(&self, writer: &mut dyn Writer, member: &'static Member);
    /// Takes the value.
    fn read(reader: &mut dyn Reader, member: &'static Member) -> Result<Self, ReadError>;
}

/// Shows a member if it is present. Not inlined: the generated crate calls it some thousand times.
#[inline(never)]
pub fn write_optional<T: Value>(value: &Option<T>, member: &'static Member, writer: &mut dyn Writer) {
    if let Some(value) = value {
        writer.member(member);
        value.write(writer, member);
    }
}

/// Takes a member; null makes it absent. Not inlined, for the same reason.
#[inline(never)]
pub fn read_optional<T: Value>(
    into: &mut Option<T>,
    member: &'static Member,
    reader: &mut dyn Reader,
) -> Result<(), ReadError> {
    if reader.null()? {
        *into = None;
        return Ok(());
    }
    *into = Some(T::read(reader, member).map_err(|error| error.within(member.name))?);
    Ok(())
}

/// A leaf: one call in each direction.
macro_rules! leaf {
    ($type:ty, $method:ident, |$value:ident| $shown:expr) => {
        impl Value for $type {
            fn write(&self, writer: &mut dyn Writer, _: &'static Member) {
                let $value = self;
                writer.$method($shown);
            }
            fn read(reader: &mut dyn Reader, _: &'static Member) -> Result<Self, ReadError> {
                reader.$method().map(Into::into)
            }
        }
    };
}

leaf!(bool, boolean, |value| *value);
leaf!(f64, float, |value| *value);
leaf!(String, string, |value| value);
leaf!(Blob, blob, |value| &value.0);
leaf!(Timestamp, timestamp, |value| *value);
leaf!(Document, document, |value| value);

impl Value for i64 {
    fn write(&self, writer: &mut dyn Writer, _: &'static Member) {
        writer.integer(*self);
    }
    fn read(reader: &mut dyn Reader, _: &'static Member) -> Result<Self, ReadError> {
        reader.integer("Long")
    }
}

impl Value for i32 {
    fn write(&self, writer: &mut dyn Writer, _: &'static Member) {
        writer.integer(i64::from(*self));
    }
    fn read(reader: &mut dyn Reader, _: &'static Member) -> Result<Self, ReadError> {
        let wide = reader.integer("Integer")?;
        i32::try_from(wide).map_err(|_| Problem::Mismatch { found: "NUMBER_VALUE", wanted: "Integer" }.into())
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, writer: &mut dyn Writer, member: &'static Member) {
        writer.begin_list(member);
        for value in self {
            writer.item();
            value.write(writer, member);
        }
        writer.end_list();
    }
    fn read(reader: &mut dyn Reader, member: &'static Member) -> Result<Self, ReadError> {
        let mut values = Vec::new();
        reader.list(member, &mut |reader| {
            reader.take_memory(size_of::<T>())?;
            values.push(T::read(reader, member)?);
            Ok(())
        })?;
        Ok(values)
    }
}

impl<T: Value> Value for Map<T> {
    fn write(&self, writer: &mut dyn Writer, member: &'static Member) {
        writer.begin_map(member);
        for (key, value) in self {
            writer.key(key);
            value.write(writer, member);
        }
        writer.end_map();
    }
    fn read(reader: &mut dyn Reader, member: &'static Member) -> Result<Self, ReadError> {
        let mut values = Map::new();
        reader.map(member, &mut |key, reader| {
            reader.take_memory(size_of::<(String, T)>())?;
            values.insert(key, T::read(reader, member)?);
            Ok(())
        })?;
        Ok(values)
    }
}

impl<T: Value> Value for Box<T> {
    fn write(&self, writer: &mut dyn Writer, member: &'static Member) {
        (**self).write(writer, member);
    }
    fn read(reader: &mut dyn Reader, member: &'static Member) -> Result<Self, ReadError> {
        reader.take_memory(size_of::<T>())?;
        T::read(reader, member).map(Box::new)
    }
}
