//! Shapes into JSON text.

use super::escape::quote_into;
use crate::schema::{Document, Member, Structure, Timestamp, Writer};
use crate::text::base64;

/// Writes one JSON value, without whitespace.
#[derive(Debug, Default)]
pub struct JsonWriter {
    text: String,
    /// Whether the next member, element or key is the first in its container, so that no comma precedes it.
    is_first: bool,
}

impl JsonWriter {
    /// What was written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A member whose name is known only at run time; its value is written by the next call.
    pub fn named(&mut self, name: &str) {
        self.separate();
        quote_into(&mut self.text, name);
        self.text.push(':');
    }

    /// Starts an object whose members are written one by one; ended by [`JsonWriter::end_object`].
    pub fn begin_object(&mut self) {
        self.open('{');
    }

    /// Ends the object that was begun last.
    pub fn end_object(&mut self) {
        self.close('}');
    }

    fn separate(&mut self) {
        if !self.is_first {
            self.text.push(',');
        }
        self.is_first = false;
    }

    fn open(&mut self, mark: char) {
        self.text.push(mark);
        self.is_first = true;
    }

    fn close(&mut self, mark: char) {
        self.text.push(mark);
        self.is_first = false;
    }
}

impl Writer for JsonWriter {
    fn member(&mut self, member: &'static Member) {
        // Names of the model hold letters and digits only, so nothing in them needs an escape.
        self.separate();
        self.text.push('"');
        self.text.push_str(member.name);
        self.text.push_str("\":");
    }

    fn structure(&mut self, structure: &dyn Structure) {
        self.open('{');
        structure.write_members(self);
        self.close('}');
    }

    fn begin_list(&mut self, _: &'static Member) {
        self.open('[');
    }

    fn item(&mut self) {
        self.separate();
    }

    fn end_list(&mut self) {
        self.close(']');
    }

    fn begin_map(&mut self, _: &'static Member) {
        self.open('{');
    }

    fn key(&mut self, key: &str) {
        self.named(key);
    }

    fn end_map(&mut self) {
        self.close('}');
    }

    fn boolean(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    fn integer(&mut self, value: i64) {
        self.text.push_str(itoa::Buffer::new().format(value));
    }

    fn float(&mut self, value: f64) {
        if value.is_finite() {
            self.text.push_str(ryu::Buffer::new().format_finite(value));
        } else {
            self.string(non_finite(value));
        }
    }

    fn string(&mut self, value: &str) {
        quote_into(&mut self.text, value);
    }

    fn blob(&mut self, value: &[u8]) {
        self.string(&base64::encode(value));
    }

    fn timestamp(&mut self, value: Timestamp) {
        self.text.push_str(&epoch_seconds(value));
    }

    fn document(&mut self, value: &Document) {
        self.text.push_str(value.as_json());
    }
}

/// AWS's words for the numbers that JSON has none for.
pub(crate) fn non_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Seconds with at most three decimals, computed without floating point, so that no digit is invented.
fn epoch_seconds(time: Timestamp) -> String {
    let sign = if time.epoch_ms() < 0 { "-" } else { "" };
    let ms = time.epoch_ms().unsigned_abs();
    let (seconds, fraction) = (ms / 1000, ms % 1000);
    if fraction == 0 {
        return format!("{sign}{seconds}");
    }
    let text = format!("{sign}{seconds}.{fraction:03}");
    text.trim_end_matches('0').to_owned()
}
