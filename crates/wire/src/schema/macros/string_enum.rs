//! `string_enum!`: an open enumeration of strings.

/// Makes an open enumeration of strings: `string_enum! { Name { Variant = "WIRE_NAME" } }`.
///
/// A value that the model does not know survives as `Unrecognized`, so that what a client sent can be
/// refused with its own word, and what was stored by a later version can be shown.
#[macro_export]
macro_rules! string_enum {
    ($name:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        #[doc = concat!("The enumeration `", stringify!($name), "`.")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $wire, "`")] $variant,)*
            /// A value outside of the model.
            Unrecognized(Box<str>),
        }

        impl $name {
            /// The values of the model, in its order.
            pub const VALUES: &'static [&'static str] = &[$($wire),*];

            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unrecognized(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($wire => Self::$variant,)*
                    _ => Self::Unrecognized(value.into()),
                }
            }
        }

        impl $crate::schema::Value for $name {
            fn write(&self, writer: &mut dyn $crate::schema::Writer, _: &'static $crate::schema::Member) {
                writer.string(self.as_str());
            }
            fn read(
                reader: &mut dyn $crate::schema::Reader,
                _: &'static $crate::schema::Member,
            ) -> Result<Self, $crate::schema::ReadError> {
                Ok(Self::from(&*reader.string()?))
            }
        }
    };
}
