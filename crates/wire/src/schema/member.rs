//! The constant description of a structure and its members.

/// One member of a structure. Built in constants by the `shape!` macro.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// The member's name on the wire.
    pub name: &'static str,
    /// The name of one list element in forms and XML.
    pub item: &'static str,
    /// Whether the operation refuses a request without it.
    pub required: bool,
    /// Whether its value must never reach a log.
    pub sensitive: bool,
    /// Whether its list elements stand directly in the parent in forms and XML.
    pub flat: bool,
}

impl Member {
    /// An optional, harmless member; the following methods add traits.
    pub const fn new(name: &'static str) -> Member {
        Member { name, item: "member", required: false, sensitive: false, flat: false }
    }

    /// Marks a member that a request must have.
    pub const fn required(self) -> Member {
        Member { required: true, ..self }
    }

    /// Marks a member whose value must never reach a log.
    pub const fn sensitive(self) -> Member {
        Member { sensitive: true, ..self }
    }

    /// Marks a list whose elements have no element of their own around them.
    pub const fn flat(self) -> Member {
        Member { flat: true, ..self }
    }

    /// Names the elements of a list.
    pub const fn item(self, item: &'static str) -> Member {
        Member { item, ..self }
    }
}

/// A structure's name and its members, in the order of the model.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// The shape's name.
    pub name: &'static str,
    /// Its members.
    pub members: &'static [Member],
}

impl Schema {
    /// The index of the member with this wire name.
    ///
    /// The search starts at `hint`, one behind the member found last: clients mostly send members in the
    /// order of the model, and then each look-up is a single comparison.
    pub fn find(&self, name: &str, hint: usize) -> Option<usize> {
        let count = self.members.len();
        let hint = hint.min(count);
        (hint..count).chain(0..hint).find(|&index| self.members[index].name == name)
    }
}
