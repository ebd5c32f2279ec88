//! `shape!`: a structure with its schema.

/// Makes a structure: `shape! { Name { field: Type = "wireName" required sensitive, } }`.
///
/// What may follow the wire name are the building methods of [`Member`](crate::schema::Member).
#[macro_export]
macro_rules! shape {
    ($name:ident { $($field:ident: $type:ty = $wire:literal $($mark:ident $(($argument:expr))?)*,)* }) => {
        #[doc = concat!("The shape `", stringify!($name), "`.")]
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $(#[doc = concat!("`", $wire, "`")] pub $field: Option<$type>,)*
        }

        impl $name {
            /// The description of its members.
            pub const SCHEMA: &'static $crate::schema::Schema = &$crate::schema::Schema {
                name: stringify!($name),
                members: &[$($crate::schema::Member::new($wire)$(.$mark($($argument)?))*,)*],
            };
        }

        const _: () = {
            #[allow(non_camel_case_types, dead_code, reason = "named after the fields, to number them")]
            enum Number { $($field,)* }

            /// The fields' places in the schema, as constants that a pattern can name.
            #[allow(dead_code, reason = "a structure without members has none")]
            struct Index;

            #[allow(non_upper_case_globals, reason = "named after the fields")]
            impl Index {
                $(const $field: usize = Number::$field as usize;)*
            }

            impl $crate::schema::Structure for $name {
                fn schema(&self) -> &'static $crate::schema::Schema {
                    Self::SCHEMA
                }

                fn write_members(&self, _writer: &mut dyn $crate::schema::Writer) {
                    $($crate::schema::write_optional(
                        &self.$field,
                        &Self::SCHEMA.members[Index::$field],
                        _writer,
                    );)*
                }

                fn read_member(
                    &mut self,
                    index: usize,
                    _reader: &mut dyn $crate::schema::Reader,
                ) -> Result<(), $crate::schema::ReadError> {
                    let _member = &Self::SCHEMA.members[index];
                    match index {
                        $(Index::$field => {
                            $crate::schema::read_optional(&mut self.$field, _member, _reader)
                        })*
                        _ => Ok(()),
                    }
                }
            }
        };

        impl $crate::schema::Value for $name {
            fn write(&self, writer: &mut dyn $crate::schema::Writer, _: &'static $crate::schema::Member) {
                writer.structure(self);
            }
            fn read(
                reader: &mut dyn $crate::schema::Reader,
                _: &'static $crate::schema::Member,
            ) -> Result<Self, $crate::schema::ReadError> {
                let mut value = Self::default();
                reader.structure(&mut value)?;
                Ok(value)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::visit::redacted(self))
            }
        }
    };
}
