//! Escapes in JSON strings, in both directions. Source: RFC 8259, section 7.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` with quotes around it.
pub(super) fn quote_into(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[start..index]);
        start = index + 1;
        escape_into(out, byte);
    }
    out.push_str(&text[start..]);
    out.push('"');
}

fn escape_into(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            out.push_str("\\u00");
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Reads what follows a backslash: the character, and how many bytes it took.
pub(super) fn unescape(rest: &[u8]) -> Option<(char, usize)> {
    let character = match rest.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return unicode(&rest[1..]).map(|(character, length)| (character, length + 1)),
        _ => return None,
    };
    Some((character, 1))
}

/// Four digits, or a pair of surrogates with `\u` between them.
fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let first = code_unit(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 4));
    }
    let low = code_unit(rest.get(4..)?.strip_prefix(b"\\u")?)?;
    let is_pair = (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(&low);
    let scalar = 0x10000 + ((first & 0x3FF) << 10 | low & 0x3FF);
    is_pair.then(|| char::from_u32(scalar)).flatten().map(|character| (character, 10))
}

fn code_unit(rest: &[u8]) -> Option<u32> {
    rest.get(..4)?.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}
