//! The first required member that a structure lacks.

use crate::schema::{Document, Member, Schema, Structure, Timestamp, Writer};
use std::fmt;

/// Where a required member is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The names that lead to the structure: members, positions in lists from 0, keys of maps.
    pub parents: Vec<String>,
    /// The structure that lacks it.
    pub structure: &'static str,
    /// The member's name on the wire.
    pub member: &'static str,
}

/// `containerDefinitions.0.name`
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for parent in &self.parents {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.member)
    }
}

/// Looks for the first required member that is absent, in the order of the schema, outer structures first
/// where they lack something that stands before the inner one.
pub fn first_missing(structure: &dyn Structure) -> Option<Missing> {
    let mut check = Check::default();
    check.structure(structure);
    check.found
}

#[derive(Default)]
struct Check {
    found: Option<Missing>,
    path: Vec<Step>,
}

enum Step {
    /// A structure, with the schema's members before `next` seen.
    Structure { schema: &'static Schema, next: usize },
    /// A list, with that many elements begun.
    List { begun: usize },
    /// A map, at this key.
    Map { key: String },
}

impl Check {
    /// Reports the first required member of the innermost structure from its `next` up to `end`.
    fn require_up_to(&mut self, end: usize) {
        let Some(Step::Structure { schema, next }) = self.path.last_mut() else { return };
        let (schema, start) = (*schema, std::mem::replace(next, end + 1));
        let lacking = schema.members.get(start..end).into_iter().flatten().find(|member| member.required);
        if let (Some(member), None) = (lacking, &self.found) {
            let parents = self.parents();
            self.found = Some(Missing { parents, structure: schema.name, member: member.name });
        }
    }

    /// The path to the innermost structure.
    fn parents(&self) -> Vec<String> {
        let outer = self.path.len().saturating_sub(1);
        self.path[..outer].iter().map(Step::name).collect()
    }
}

impl Step {
    /// What stands at this step.
    fn name(&self) -> String {
        match self {
            Step::Structure { schema, next } => schema.members[next - 1].name.to_owned(),
            Step::List { begun } => (begun - 1).to_string(),
            Step::Map { key } => key.clone(),
        }
    }
}

impl Writer for Check {
    fn member(&mut self, member: &'static Member) {
        let Some(Step::Structure { schema, next }) = self.path.last() else { return };
        let rest = schema.members.iter().skip(*next);
        let place = rest.take_while(|other| other.name != member.name).count() + next;
        self.require_up_to(place);
    }

    fn structure(&mut self, structure: &dyn Structure) {
        if self.found.is_some() {
            return;
        }
        let schema = structure.schema();
        self.path.push(Step::Structure { schema, next: 0 });
        structure.write_members(self);
        self.require_up_to(schema.members.len());
        self.path.pop();
    }

    fn begin_list(&mut self, _: &'static Member) {
        self.path.push(Step::List { begun: 0 });
    }

    fn item(&mut self) {
        if let Some(Step::List { begun }) = self.path.last_mut() {
            *begun += 1;
        }
    }

    fn end_list(&mut self) {
        self.path.pop();
    }

    fn begin_map(&mut self, _: &'static Member) {
        self.path.push(Step::Map { key: String::new() });
    }

    fn key(&mut self, key: &str) {
        if let Some(Step::Map { key: current }) = self.path.last_mut() {
            key.clone_into(current);
        }
    }

    fn end_map(&mut self) {
        self.path.pop();
    }

    fn boolean(&mut self, _: bool) {}
    fn integer(&mut self, _: i64) {}
    fn float(&mut self, _: f64) {}
    fn string(&mut self, _: &str) {}
    fn blob(&mut self, _: &[u8]) {}
    fn timestamp(&mut self, _: Timestamp) {}
    fn document(&mut self, _: &Document) {}
}
