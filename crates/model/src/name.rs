//! Names that users choose. A value of these types is valid; parsing is the only way to make one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The text is not a member of the type that it was read as. The caller knows what to tell the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a valid value")]
pub struct Unknown;

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident;)*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as the user wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// A value that sorts before every name: where a range over names begins.
            pub fn smallest() -> Self {
                Self("".into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                if is_name(text) { Ok(Self(text.into())) } else { Err(Unknown) }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self("default".into())
            }
        }

        text_conversions!($name);
    )* };
}

names! {
    /// The name of a cluster: 1 to 255 letters, digits, dashes and underscores. The default is AWS's own, `default`.
    ClusterName;
    /// The family of a task definition: 1 to 255 letters, digits, dashes and underscores.
    Family;
}

/// ECS's rule for the names of clusters, services, families and containers.
pub fn is_name(text: &str) -> bool {
    let allowed = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    allowed && (1..=255).contains(&text.len())
}
