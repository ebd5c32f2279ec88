//! The tokens of a JSON text.

use super::escape::unescape;
use crate::schema::{Limits, Problem, ReadError};
use std::borrow::Cow;

/// A place in a JSON text. Whitespace before a token is skipped by whatever looks for the token.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    pub(super) limits: Limits,
}

/// An object or array that is being read.
pub(super) struct Open {
    close: u8,
    is_first: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(body: &'a [u8]) -> Result<Lexer<'a>, ReadError> {
        let text = std::str::from_utf8(body)
            .map_err(|error| Problem::Syntax { what: "invalid UTF-8", offset: error.valid_up_to() })?;
        Ok(Lexer { text, at: 0, limits: Limits::new() })
    }

    /// The first byte of the next token; 0 at the end, which no token starts with.
    pub(super) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The text from an earlier offset to here.
    pub(super) fn text_since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    #[cold]
    pub(super) fn syntax(&self, what: &'static str) -> ReadError {
        Problem::Syntax { what, offset: self.at }.into()
    }

    /// The next token is of another type than `wanted`.
    #[cold]
    pub(super) fn mismatch(&mut self, wanted: &'static str) -> ReadError {
        let found = match self.peek() {
            b'{' => return Problem::UnexpectedStructure.into(),
            b'[' => return Problem::UnexpectedList.into(),
            b'"' => "STRING_VALUE",
            b't' => "TRUE_VALUE",
            b'f' => "FALSE_VALUE",
            b'n' => "NULL_VALUE",
            b'-' | b'0'..=b'9' => "NUMBER_VALUE",
            _ => return self.syntax("expected a value"),
        };
        Problem::Mismatch { found, wanted }.into()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        self.at += usize::from(is_next);
        is_next
    }

    /// Consumes a literal such as `null` if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.peek();
        let is_next = self.text[self.at..].starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    /// Nothing but whitespace may follow.
    pub(super) fn finish(&mut self) -> Result<(), ReadError> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err(self.syntax("text behind the value")) }
    }

    pub(super) fn open_object(&mut self) -> Result<Open, ReadError> {
        if !self.eat(b'{') {
            return Err(self.mismatch("Structure"));
        }
        self.limits.enter()?;
        Ok(Open { close: b'}', is_first: true })
    }

    pub(super) fn open_array(&mut self) -> Result<Open, ReadError> {
        if !self.eat(b'[') {
            return Err(self.mismatch("List"));
        }
        self.limits.enter()?;
        Ok(Open { close: b']', is_first: true })
    }

    /// Moves to the next element or key; false when the container ends here.
    pub(super) fn advance(&mut self, open: &mut Open) -> Result<bool, ReadError> {
        if self.eat(open.close) {
            self.limits.leave();
            return Ok(false);
        }
        if !open.is_first && !self.eat(b',') {
            return Err(self.syntax("expected a comma or the end"));
        }
        open.is_first = false;
        // A comma promises another element, so that a closing mark behind it is an error of `value` or `key`.
        Ok(true)
    }

    /// The next key of an object, or `None` at its end.
    pub(super) fn next_key(&mut self, object: &mut Open) -> Result<Option<Cow<'a, str>>, ReadError> {
        if !self.advance(object)? {
            return Ok(None);
        }
        if self.peek() != b'"' {
            return Err(self.syntax("expected a key"));
        }
        let key = self.string()?;
        if self.eat(b':') { Ok(Some(key)) } else { Err(self.syntax("expected a colon")) }
    }

    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, ReadError> {
        if !self.eat(b'"') {
            return Err(self.mismatch("String"));
        }
        let start = self.at;
        if self.skip_to_special()? == b'"' {
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        self.at -= 1;
        self.escaped_string(start).map(Cow::Owned)
    }

    /// The rest of a string that holds escapes, from `start` of its content.
    fn escaped_string(&mut self, start: usize) -> Result<String, ReadError> {
        let mut content = self.text[start..self.at].to_owned();
        loop {
            let run = self.at;
            let special = self.skip_to_special()?;
            content.push_str(&self.text[run..self.at - 1]);
            if special == b'"' {
                return Ok(content);
            }
            let rest = &self.text.as_bytes()[self.at..];
            let (character, length) = unescape(rest).ok_or_else(|| self.syntax("invalid escape"))?;
            content.push(character);
            self.at += length;
        }
    }

    /// Goes behind the next quote or backslash of a string, and says which it was.
    fn skip_to_special(&mut self) -> Result<u8, ReadError> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
        let Some(length) = length else { return Err(self.syntax("unterminated string")) };
        self.at += length + 1;
        if rest[length] < 0x20 {
            return Err(self.syntax("control character in a string"));
        }
        Ok(rest[length])
    }

    /// The text of a number: `-? (0|[1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`
    pub(super) fn number(&mut self, wanted: &'static str) -> Result<&'a str, ReadError> {
        if !matches!(self.peek(), b'-' | b'0'..=b'9') {
            return Err(self.mismatch(wanted));
        }
        let start = self.at;
        self.skip_any(b"-");
        let leads_with_zero = self.next_is(b"0");
        let integer_digits = self.skip_digits();
        let mut is_valid = integer_digits == 1 || integer_digits > 1 && !leads_with_zero;
        if self.skip_any(b".") {
            is_valid &= self.skip_digits() > 0;
        }
        if self.skip_any(b"eE") {
            self.skip_any(b"+-");
            is_valid &= self.skip_digits() > 0;
        }
        if is_valid { Ok(self.text_since(start)) } else { Err(self.syntax("malformed number")) }
    }

    fn next_is(&self, set: &[u8]) -> bool {
        self.text.as_bytes().get(self.at).is_some_and(|byte| set.contains(byte))
    }

    fn skip_any(&mut self, set: &[u8]) -> bool {
        let is_next = self.next_is(set);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_digits(&mut self) -> usize {
        let length = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        length
    }

    /// Walks over one value of any kind.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        match self.peek() {
            b'{' => {
                let mut object = self.open_object()?;
                while self.next_key(&mut object)?.is_some() {
                    self.skip()?;
                }
            }
            b'[' => {
                let mut array = self.open_array()?;
                while self.advance(&mut array)? {
                    self.skip()?;
                }
            }
            b'"' => drop(self.string()?),
            b't' if self.eat_word("true") => {}
            b'f' if self.eat_word("false") => {}
            b'n' if self.eat_word("null") => {}
            b'-' | b'0'..=b'9' => drop(self.number("Number")?),
            _ => return Err(self.syntax("expected a value")),
        }
        Ok(())
    }
}
