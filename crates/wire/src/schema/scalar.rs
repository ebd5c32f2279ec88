//! The leaf values that Rust has no type for.

use super::{Problem, ReadError};
use crate::codec::json;
use std::collections::BTreeMap;

/// A map of the model. Keys are always strings; the order is that of the keys, so answers are stable.
pub type Map<V> = BTreeMap<String, V>;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    epoch_ms: i64,
}

impl Timestamp {
    /// 9999-12-31T23:59:59.999Z, the last moment that RFC 3339 can spell.
    pub const MAX: Timestamp = Timestamp { epoch_ms: 253_402_300_799_999 };
    /// 0000-01-01T00:00:00Z, the first one.
    pub const MIN: Timestamp = Timestamp { epoch_ms: -62_167_219_200_000 };

    /// From milliseconds since the epoch; what no calendar spells is brought to the nearest end.
    pub fn from_epoch_ms(epoch_ms: i64) -> Timestamp {
        Timestamp { epoch_ms: epoch_ms.clamp(Self::MIN.epoch_ms, Self::MAX.epoch_ms) }
    }

    /// From seconds with a fraction, as JSON carries them; `None` outside of the calendar.
    pub fn from_epoch_seconds(seconds: f64) -> Option<Timestamp> {
        let epoch_ms = (seconds * 1000.0).round();
        let range = Self::MIN.epoch_ms as f64..=Self::MAX.epoch_ms as f64;
        range.contains(&epoch_ms).then_some(Timestamp { epoch_ms: epoch_ms as i64 })
    }

    /// Milliseconds since the epoch.
    pub fn epoch_ms(self) -> i64 {
        self.epoch_ms
    }
}

/// Bytes; base64 in text protocols.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

/// A value without a schema: the text of one well-formed JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    json: String,
}

impl Document {
    /// Checks that `json` is one JSON value with nothing around it.
    ///
    /// # Errors
    /// It is not.
    pub fn from_json(json: &str) -> Result<Document, ReadError> {
        let document = json::read_document(json)?;
        if document.json.len() == json.len() {
            Ok(document)
        } else {
            Err(Problem::Syntax { what: "text around a value", offset: 0 }.into())
        }
    }

    /// For the JSON reader, which has just walked over exactly this value.
    pub(crate) fn from_checked(json: &str) -> Document {
        Document { json: json.to_owned() }
    }

    /// The JSON text.
    pub fn as_json(&self) -> &str {
        &self.json
    }
}

impl Default for Document {
    fn default() -> Document {
        Document { json: "null".to_owned() }
    }
}
