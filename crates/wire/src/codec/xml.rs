//! Shapes into XML, as answers of awsQuery have them.

use super::json::non_finite;
use crate::schema::{Document, Member, Structure, Timestamp, Writer};
use crate::text::{base64, time};

/// Writes elements one behind the other.
#[derive(Debug, Default)]
pub struct XmlWriter {
    text: String,
    /// The element that the next value becomes.
    name: &'static str,
    /// The lists and maps that are open.
    containers: Vec<Container>,
}

#[derive(Debug)]
struct Container {
    /// The element around the whole; `None` for a flat one.
    wrapper: Option<&'static str>,
    /// The element around each list item or map entry.
    item: &'static str,
    entry_is_open: bool,
}

impl XmlWriter {
    /// What was written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Opens an element whose name is known only at run time.
    pub fn open(&mut self, name: &str) {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push('>');
    }

    /// Opens an element with a namespace, unless that is empty.
    pub fn open_in(&mut self, name: &str, namespace: &str) {
        self.text.push('<');
        self.text.push_str(name);
        if !namespace.is_empty() {
            self.text.push_str(" xmlns=\"");
            escape_into(&mut self.text, namespace);
            self.text.push('"');
        }
        self.text.push('>');
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// An element that holds text only.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        escape_into(&mut self.text, text);
        self.close(name);
    }

    fn begin(&mut self, member: &'static Member, item: &'static str) {
        let wrapper = (!member.flat).then_some(self.name);
        if let Some(name) = wrapper {
            self.open(name);
        }
        let item = if member.flat { self.name } else { item };
        self.containers.push(Container { wrapper, item, entry_is_open: false });
    }

    fn end(&mut self) {
        if let Some(Container { wrapper: Some(name), .. }) = self.containers.pop() {
            self.close(name);
        }
    }

    fn close_entry(&mut self) {
        if let Some(map) = self.containers.last_mut()
            && std::mem::take(&mut map.entry_is_open)
        {
            let item = map.item;
            self.close(item);
        }
    }

    fn value(&mut self, text: &str) {
        self.leaf(self.name, text);
    }
}

impl Writer for XmlWriter {
    fn member(&mut self, member: &'static Member) {
        self.name = member.name;
    }

    fn structure(&mut self, structure: &dyn Structure) {
        let name = self.name;
        self.open(name);
        structure.write_members(self);
        self.close(name);
    }

    fn begin_list(&mut self, member: &'static Member) {
        self.begin(member, member.item);
    }

    fn item(&mut self) {
        self.name = self.containers.last().map_or("member", |list| list.item);
    }

    fn end_list(&mut self) {
        self.end();
    }

    fn begin_map(&mut self, member: &'static Member) {
        self.begin(member, "entry");
    }

    fn key(&mut self, key: &str) {
        self.close_entry();
        if let Some(map) = self.containers.last_mut() {
            map.entry_is_open = true;
            let item = map.item;
            self.open(item);
        }
        self.leaf("key", key);
        self.name = "value";
    }

    fn end_map(&mut self) {
        self.close_entry();
        self.end();
    }

    fn boolean(&mut self, value: bool) {
        self.value(if value { "true" } else { "false" });
    }

    fn integer(&mut self, value: i64) {
        self.value(itoa::Buffer::new().format(value));
    }

    fn float(&mut self, value: f64) {
        if value.is_finite() {
            self.value(ryu::Buffer::new().format_finite(value));
        } else {
            self.value(non_finite(value));
        }
    }

    fn string(&mut self, value: &str) {
        self.value(value);
    }

    fn blob(&mut self, value: &[u8]) {
        self.value(&base64::encode(value));
    }

    fn timestamp(&mut self, value: Timestamp) {
        self.value(&time::rfc3339(value));
    }

    fn document(&mut self, value: &Document) {
        self.value(value.as_json());
    }
}

/// XML 1.0 has no way to spell most control characters; they become U+FFFD, so that the answer can be read.
fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' | '\t' | '\u{20}'..='\u{fffd}' | '\u{10000}'.. => out.push(character),
            _ => out.push('\u{fffd}'),
        }
    }
}
