//! The tables and their form: `PATH | TREATMENT | NOTE`, one member a line, comments behind `#`.

use std::fmt;

const REGISTER_TASK_DEFINITION: &str = include_str!("../../fields/register_task_definition.txt");
const RUN_TASK: &str = include_str!("../../fields/run_task.txt");

/// A member of an input and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Where it stands, such as `containerDefinitions[].secrets[].name`.
    pub path: &'static str,
    /// What becomes of it.
    pub treatment: Treatment,
    /// What will honour it, which values are meant, or what AWS says; empty where there is nothing to add.
    pub note: &'static str,
}

/// What becomes of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// It has the effect that it has on AWS.
    Honoured,
    /// It is checked, stored and returned, and has no effect yet.
    Kept,
    /// RegisterTaskDefinition refuses it, as AWS does.
    RefusedAtRegister,
    /// RunTask refuses it; RegisterTaskDefinition keeps and returns it.
    RefusedAtRun,
}

impl Treatment {
    const ALL: [Self; 4] = [Self::Honoured, Self::Kept, Self::RefusedAtRegister, Self::RefusedAtRun];

    /// The word in the tables.
    fn word(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::Kept => "kept",
            Self::RefusedAtRegister => "refused-at-register",
            Self::RefusedAtRun => "refused-at-run",
        }
    }
}

/// The words of the page.
impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Honoured => "honoured",
            Self::Kept => "kept and returned",
            Self::RefusedAtRegister => "refused at register",
            Self::RefusedAtRun => "refused at run",
        })
    }
}

/// Every member of RegisterTaskDefinition's input, in the order of the shapes.
pub fn register_task_definition() -> Vec<Field> {
    read(REGISTER_TASK_DEFINITION)
}

/// Every member of RunTask's input, in the order of the shapes.
pub fn run_task() -> Vec<Field> {
    read(RUN_TASK)
}

fn read(table: &'static str) -> Vec<Field> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| read_line(line).expect("the tables are checked in, and a test reads them")).collect()
}

fn read_line(line: &'static str) -> Option<Field> {
    let mut parts = line.splitn(3, '|').map(str::trim);
    let (path, word, note) = (parts.next()?, parts.next()?, parts.next()?);
    let treatment = Treatment::ALL.into_iter().find(|treatment| treatment.word() == word)?;
    Some(Field { path, treatment, note })
}
