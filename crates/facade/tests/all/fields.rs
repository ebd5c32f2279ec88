//! The tables of members against the shapes and against what the orchestrator refuses to run; the page against its file.

use gantry_facade::differences_page;
use gantry_facade::fields::{self, Field, Treatment};
use gantry_orchestrator::unrunnable_fields;
use gantry_shapes::ecs::{RegisterTaskDefinitionRequest, RunTaskRequest};
use gantry_wire::schema::{
    Blob, Document, Member, ReadEntry, ReadError, ReadItem, Reader, Structure, Timestamp,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

/// Walks every member that an input reaches, by pretending to read it: each list has one element, each map one entry.
struct Explorer {
    path: String,
    found: Vec<String>,
}

impl Explorer {
    fn paths(mut root: impl Structure) -> Vec<String> {
        let mut explorer = Explorer { path: String::new(), found: Vec::new() };
        explorer.structure(&mut root).expect("the explorer refuses nothing");
        explorer.found
    }

    /// Runs with a longer path, which is the shorter one again afterwards.
    fn below(
        &mut self,
        part: &str,
        walk: impl FnOnce(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let length = self.path.len();
        self.path.push_str(part);
        walk(self)?;
        self.path.truncate(length);
        Ok(())
    }
}

impl Reader for Explorer {
    fn null(&mut self) -> Result<bool, ReadError> {
        Ok(false)
    }

    fn structure(&mut self, into: &mut dyn Structure) -> Result<(), ReadError> {
        let dot = if self.path.is_empty() { "" } else { "." };
        for (index, member) in into.schema().members.iter().enumerate() {
            self.below(&format!("{dot}{}", member.name), |explorer| {
                explorer.found.push(explorer.path.clone());
                into.read_member(index, explorer)
            })?;
        }
        Ok(())
    }

    fn list(&mut self, _: &'static Member, each: &mut ReadItem<'_>) -> Result<(), ReadError> {
        self.below("[]", |explorer| each(explorer))
    }

    fn map(&mut self, _: &'static Member, each: &mut ReadEntry<'_>) -> Result<(), ReadError> {
        each("key".to_owned(), self)
    }

    fn take_memory(&mut self, _: usize) -> Result<(), ReadError> {
        Ok(())
    }

    fn boolean(&mut self) -> Result<bool, ReadError> {
        Ok(true)
    }

    fn integer(&mut self, _: &'static str) -> Result<i64, ReadError> {
        Ok(1)
    }

    fn float(&mut self) -> Result<f64, ReadError> {
        Ok(1.0)
    }

    fn string(&mut self) -> Result<Cow<'_, str>, ReadError> {
        Ok(Cow::Borrowed("x"))
    }

    fn blob(&mut self) -> Result<Blob, ReadError> {
        Ok(Blob::default())
    }

    fn timestamp(&mut self) -> Result<Timestamp, ReadError> {
        Ok(Timestamp::default())
    }

    fn document(&mut self) -> Result<Document, ReadError> {
        Ok(Document::default())
    }
}

fn check_members(fields: &[Field], expected: Vec<String>) {
    let paths: Vec<String> = fields.iter().map(|field| field.path.to_owned()).collect();
    let missing: Vec<_> = expected.iter().filter(|path| !paths.contains(path)).collect();
    let extra: Vec<_> = paths.iter().filter(|path| !expected.contains(path)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nextra: {extra:#?}");
    assert_eq!(paths, expected, "the order is that of the shapes");
}

#[test]
fn register_task_definition_has_every_member() {
    check_members(
        &fields::register_task_definition(),
        Explorer::paths(RegisterTaskDefinitionRequest::default()),
    );
}

#[test]
fn run_task_has_every_member() {
    check_members(&fields::run_task(), Explorer::paths(RunTaskRequest::default()));
}

/// What is refused at run by the table is what the orchestrator refuses; members below such a one share its fate.
#[test]
fn what_cannot_run_is_what_the_orchestrator_refuses() {
    let fields = fields::register_task_definition();
    let refused: BTreeSet<&str> = fields
        .iter()
        .filter(|field| field.treatment == Treatment::RefusedAtRun)
        .map(|field| field.path)
        .collect();
    let above = |path: &str| path.rsplit_once('.').map(|(above, _)| above.trim_end_matches("[]").to_owned());
    let topmost = refused
        .iter()
        .copied()
        .filter(|path| above(path).is_none_or(|above| !refused.contains(above.as_str())));
    assert_eq!(topmost.collect::<BTreeSet<_>>(), unrunnable_fields().collect());
}

#[test]
fn whatever_is_not_honoured_says_why() {
    let tables = [fields::register_task_definition(), fields::run_task()];
    for fields in tables {
        for field in
            fields.iter().filter(|field| field.treatment != Treatment::Honoured && field.note.is_empty())
        {
            let above = field.path.rsplit_once('.').map(|(above, _)| above.trim_end_matches("[]"));
            let inherits = |other: &&Field| Some(other.path) == above && other.treatment == field.treatment;
            assert!(fields.iter().any(|other| inherits(&other)), "{} needs a note", field.path);
        }
    }
}

/// `UPDATE_EXPECT=1` writes the page.
#[test]
fn the_page_of_differences_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences-from-aws.md");
    expect_test::expect_file![file].assert_eq(&differences_page());
}
