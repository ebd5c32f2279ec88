//! Percent-encoding of URIs and forms. Source: RFC 3986, section 2, and the WHATWG URL standard for forms.

use std::borrow::Cow;

/// Decodes `%XX` and, as forms and query strings have it, `+` as a space.
///
/// A `%` that no two digits follow stands for itself. Bytes that are not UTF-8 become U+FFFD.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, escaped(tail)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that two leading hexadecimal digits spell.
fn escaped(digits: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*digits.get(index)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

/// Encodes every byte that is neither unreserved nor in `safe`, with capital digits, as signatures want it.
pub fn encode_into(out: &mut String, text: &str, safe: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if is_unreserved(byte) || safe.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// The fields of a form or query string, still encoded, in their order; empty ones are left out.
pub fn raw_fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&')
        .filter(|field| !field.is_empty())
        .map(|field| field.split_once('=').unwrap_or((field, "")))
}

/// The decoded value of the last field with this name, the one that every reader here lets win.
pub fn field<'a>(text: &'a str, name: &str) -> Option<Cow<'a, str>> {
    raw_fields(text).filter(|(key, _)| decode(key) == name).last().map(|(_, value)| decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_percent_signs_stand_for_themselves() {
        for (text, want) in
            [("%", "%"), ("%4", "%4"), ("%zz+%41", "%zz A"), ("%C3%A9", "é"), ("%ff", "\u{fffd}")]
        {
            assert_eq!(decode(text), want);
        }
    }

    #[test]
    fn the_last_field_wins() {
        assert_eq!(field("A=1&B=2&A=3&&C", "A").as_deref(), Some("3"));
        assert_eq!(field("A=1&C", "C").as_deref(), Some(""));
        assert_eq!(field("A=1", "B"), None);
    }

    proptest! {
        #[test]
        fn there_and_back(text: String) {
            let mut encoded = String::new();
            encode_into(&mut encoded, &text, b"");
            prop_assert_eq!(decode(&encoded), text);
        }
    }
}
