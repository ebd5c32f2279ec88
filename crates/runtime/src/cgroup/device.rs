//! Which devices a container may use: Docker's list, as data for both versions.

/// Character or block devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Block,
    Character,
}

/// One permission. `None` matches every number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) major: Option<u32>,
    pub(super) minor: Option<u32>,
    /// Any of `r`, `w` and `m` (make a node).
    pub(super) access: &'static str,
}

const fn all(kind: Kind, access: &'static str) -> Rule {
    Rule { kind, major: None, minor: None, access }
}

const fn one(major: u32, minor: u32) -> Rule {
    Rule { kind: Kind::Character, major: Some(major), minor: Some(minor), access: "rwm" }
}

/// Nodes may be made for any device (that needs CAP_MKNOD anyway), but only these can be used.
pub(super) const RULES: [Rule; 11] = [
    all(Kind::Character, "m"),
    all(Kind::Block, "m"),
    one(1, 3),                                                                    // null
    one(1, 5),                                                                    // zero
    one(1, 7),                                                                    // full
    one(1, 8),                                                                    // random
    one(1, 9),                                                                    // urandom
    one(5, 0),                                                                    // tty
    one(5, 1),                                                                    // console
    one(5, 2),                                                                    // ptmx
    Rule { kind: Kind::Character, major: Some(136), minor: None, access: "rwm" }, // terminals
];

impl Rule {
    /// As `devices.allow` of version 1 takes it.
    pub(super) fn v1_line(&self) -> String {
        let kind = match self.kind {
            Kind::Block => 'b',
            Kind::Character => 'c',
        };
        let number = |n: Option<u32>| n.map_or_else(|| "*".to_owned(), |n| n.to_string());
        format!("{kind} {}:{} {}", number(self.major), number(self.minor), self.access)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_as_version_1_takes_them() {
        let lines: Vec<_> = RULES.iter().map(Rule::v1_line).collect();
        assert_eq!(lines[..3], ["c *:* m", "b *:* m", "c 1:3 rwm"]);
        assert_eq!(lines[10], "c 136:* rwm");
    }
}
