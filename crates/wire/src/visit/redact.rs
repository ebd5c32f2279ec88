//! A structure as JSON for logs and audit records, with sensitive members hidden.

use crate::codec::json::JsonWriter;
use crate::schema::{Document, Member, Structure, Timestamp, Writer};

/// What stands in place of a sensitive value.
const HIDDEN: &str = "***";

/// The structure as one line of JSON; a member that the model marks as sensitive is `"***"`.
pub fn redacted(structure: &dyn Structure) -> String {
    let mut redactor = Redactor::default();
    redactor.structure(structure);
    redactor.out.into_text()
}

#[derive(Default)]
struct Redactor {
    out: JsonWriter,
    /// Set while the value of a sensitive member is passing by.
    hiding: Option<Hiding>,
}

/// The value that is being hidden.
struct Hiding {
    open_containers: usize,
}

impl Redactor {
    /// Hands a leaf on, unless it is hidden.
    fn leaf(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        match self.hiding {
            None => write(&mut self.out),
            Some(_) => self.reveal_at_the_top(),
        }
    }

    /// Hands the start of a container on, unless it is hidden.
    fn begin(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        match &mut self.hiding {
            None => write(&mut self.out),
            Some(hiding) => hiding.open_containers += 1,
        }
    }

    /// Hands the end of a container on, unless it is hidden.
    fn end(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        match &mut self.hiding {
            None => write(&mut self.out),
            Some(hiding) => {
                hiding.open_containers -= 1;
                self.reveal_at_the_top();
            }
        }
    }

    /// The sensitive value is over once nothing that it opened is still open.
    fn reveal_at_the_top(&mut self) {
        if self.hiding.as_ref().is_some_and(|hiding| hiding.open_containers == 0) {
            self.hiding = None;
        }
    }
}

impl Writer for Redactor {
    fn member(&mut self, member: &'static Member) {
        if self.hiding.is_some() {
            return;
        }
        self.out.member(member);
        if member.sensitive {
            self.out.string(HIDDEN);
            self.hiding = Some(Hiding { open_containers: 0 });
        }
    }

    fn structure(&mut self, structure: &dyn Structure) {
        self.begin(JsonWriter::begin_object);
        structure.write_members(self);
        self.end(JsonWriter::end_object);
    }

    fn begin_list(&mut self, member: &'static Member) {
        self.begin(|out| out.begin_list(member));
    }

    fn item(&mut self) {
        if self.hiding.is_none() {
            self.out.item();
        }
    }

    fn end_list(&mut self) {
        self.end(JsonWriter::end_list);
    }

    fn begin_map(&mut self, member: &'static Member) {
        self.begin(|out| out.begin_map(member));
    }

    fn key(&mut self, key: &str) {
        if self.hiding.is_none() {
            self.out.key(key);
        }
    }

    fn end_map(&mut self) {
        self.end(JsonWriter::end_map);
    }

    fn boolean(&mut self, value: bool) {
        self.leaf(|out| out.boolean(value));
    }

    fn integer(&mut self, value: i64) {
        self.leaf(|out| out.integer(value));
    }

    fn float(&mut self, value: f64) {
        self.leaf(|out| out.float(value));
    }

    fn string(&mut self, value: &str) {
        self.leaf(|out| out.string(value));
    }

    fn blob(&mut self, value: &[u8]) {
        self.leaf(|out| out.blob(value));
    }

    fn timestamp(&mut self, value: Timestamp) {
        self.leaf(|out| out.timestamp(value));
    }

    fn document(&mut self, value: &Document) {
        self.leaf(|out| out.document(value));
    }
}
