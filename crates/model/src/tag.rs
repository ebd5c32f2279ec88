//! Tags of a resource: a sorted map, at most [`crate::quota::TAGS_PER_RESOURCE`] entries.

use std::collections::BTreeMap;

/// Key → value. Keys have 1 to 128 characters, values 0 to 256; the facade checks both.
pub type Tags = BTreeMap<String, String>;
