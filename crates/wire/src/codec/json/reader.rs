//! JSON text into shapes.

use super::lexer::Lexer;
use crate::schema::{
    Blob, Document, Member, Problem, ReadEntry, ReadError, ReadItem, Reader, Structure, Timestamp,
};
use crate::text::base64;
use std::borrow::Cow;

/// Whole numbers up to here are exact as `f64`; a larger one with a fraction or exponent is refused.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads one JSON text.
pub(super) struct JsonReader<'a> {
    lexer: Lexer<'a>,
}

impl<'a> JsonReader<'a> {
    pub(super) fn new(lexer: Lexer<'a>) -> JsonReader<'a> {
        JsonReader { lexer }
    }

    /// Nothing but whitespace may follow.
    pub(super) fn finish(mut self) -> Result<(), ReadError> {
        self.lexer.finish()
    }

    fn finite(&mut self, wanted: &'static str) -> Result<f64, ReadError> {
        let number: f64 = self.lexer.number(wanted)?.parse().map_err(|_| not_a(wanted))?;
        if number.is_finite() { Ok(number) } else { Err(not_a(wanted)) }
    }
}

impl Reader for JsonReader<'_> {
    fn null(&mut self) -> Result<bool, ReadError> {
        Ok(self.lexer.peek() == b'n' && self.lexer.eat_word("null"))
    }

    fn structure(&mut self, into: &mut dyn Structure) -> Result<(), ReadError> {
        let schema = into.schema();
        let mut object = self.lexer.open_object()?;
        let mut hint = 0;
        while let Some(key) = self.lexer.next_key(&mut object)? {
            match schema.find(&key, hint) {
                Some(index) => {
                    hint = index + 1;
                    into.read_member(index, self)?;
                }
                None => self.lexer.skip()?,
            }
        }
        Ok(())
    }

    fn list(&mut self, _: &'static Member, each: &mut ReadItem<'_>) -> Result<(), ReadError> {
        let mut array = self.lexer.open_array()?;
        while self.lexer.advance(&mut array)? {
            each(self)?;
        }
        Ok(())
    }

    fn map(&mut self, _: &'static Member, each: &mut ReadEntry<'_>) -> Result<(), ReadError> {
        let mut object = self.lexer.open_object()?;
        while let Some(key) = self.lexer.next_key(&mut object)? {
            each(key.into_owned(), self)?;
        }
        Ok(())
    }

    fn take_memory(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.lexer.limits.take_memory(bytes)
    }

    fn boolean(&mut self) -> Result<bool, ReadError> {
        match self.lexer.peek() {
            b't' if self.lexer.eat_word("true") => Ok(true),
            b'f' if self.lexer.eat_word("false") => Ok(false),
            _ => Err(self.lexer.mismatch("Boolean")),
        }
    }

    /// Some clients have only floating point numbers, so `1.0` and `1e3` are whole numbers too.
    fn integer(&mut self, wanted: &'static str) -> Result<i64, ReadError> {
        let text = self.lexer.number(wanted)?;
        if let Ok(whole) = text.parse() {
            return Ok(whole);
        }
        let number: f64 = text.parse().map_err(|_| not_a(wanted))?;
        let is_whole = number.fract() == 0.0 && number.abs() <= MAX_EXACT;
        if is_whole { Ok(number as i64) } else { Err(not_a(wanted)) }
    }

    fn float(&mut self) -> Result<f64, ReadError> {
        if self.lexer.peek() != b'"' {
            return self.finite("Double");
        }
        match &*self.lexer.string()? {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            _ => Err(Problem::Mismatch { found: "STRING_VALUE", wanted: "Double" }.into()),
        }
    }

    fn string(&mut self) -> Result<Cow<'_, str>, ReadError> {
        self.lexer.string()
    }

    fn blob(&mut self) -> Result<Blob, ReadError> {
        let text = self.lexer.string()?;
        base64::decode(&text).map(Blob).ok_or_else(|| self.lexer.syntax("invalid base64"))
    }

    fn timestamp(&mut self) -> Result<Timestamp, ReadError> {
        let seconds = self.finite("Timestamp")?;
        Timestamp::from_epoch_seconds(seconds).ok_or_else(|| not_a("Timestamp"))
    }

    fn document(&mut self) -> Result<Document, ReadError> {
        self.lexer.peek();
        let start = self.lexer.offset();
        self.lexer.skip()?;
        Ok(Document::from_checked(self.lexer.text_since(start)))
    }
}

/// A number that the member's type cannot hold.
#[cold]
fn not_a(wanted: &'static str) -> ReadError {
    Problem::Mismatch { found: "NUMBER_VALUE", wanted }.into()
}
