//! docs/differences-from-aws.md: written by this function, never by hand.

use super::table::{self, Field, Treatment};
use crate::ecs::{Behaviour, unbuilt_operations};
use std::fmt::Write;

const HEAD: &str = "\
# Differences from AWS

Made from the tables that the code itself answers by; do not edit. What this page does not name behaves as on Amazon ECS.

## Settings

| setting | Gantry | AWS |
|---|---|---|
";

/// A limit or default that clients can notice, here and on AWS.
const SETTINGS: [[&str; 3]; 8] = [
    ["processes and threads of a container", "4,096", "the limits of the instance"],
    [
        "`--cpu-overcommit` of the platform's own nodes",
        "4 on `gantry up`: tasks may together ask for 4 × the vCPUs",
        "1",
    ],
    [
        "ephemeral storage of a FARGATE task",
        "the node's disk, not limited to what is shown",
        "20 GiB, or what was asked",
    ],
    ["metadata endpoints of a task", "version 4 (`ECS_CONTAINER_METADATA_URI_V4`)", "versions 2, 3 and 4"],
    [
        "`fsync` in a container's writable layer",
        "does nothing: the layer dies with the container",
        "reaches the disk",
    ],
    ["32-bit programs in a container", "end with SIGSYS", "run"],
    [
        "outcome of a node that is lost",
        "its standalone tasks stop with `InfrastructureHealth`",
        "the text is not known",
    ],
    [
        "stopped tasks",
        "an hour in DescribeTasks, then 30 days in `gantry history` and `gantry why`",
        "an hour",
    ],
];

const MEMBERS: &str = "
*Honoured* members have their effect. *Kept and returned* ones are checked and read back unchanged, and have no effect yet.
*Refused at run* means that RegisterTaskDefinition takes the member and RunTask answers UnsupportedFeatureException with its
name. A member stands for all below it that are not named.
";

const OPERATIONS: &str = "
## Operations that are not built yet

Writes are refused with UnsupportedFeatureException, or with ClientException or InvalidParameterException where the API has
none. Reads answer as on an account that has nothing of the kind.

| operation | answer |
|---|---|
";

/// The page, in Markdown.
pub fn differences_page() -> String {
    let mut page = HEAD.to_owned();
    for row in SETTINGS {
        line(&mut page, &row);
    }
    page.push_str("\n## Members of RegisterTaskDefinition\n");
    page.push_str(MEMBERS);
    members(&mut page, &table::register_task_definition());
    page.push_str(
        "\n## Members of RunTask\n\nHere *refused at run* means that the call itself is refused.\n",
    );
    members(&mut page, &table::run_task());
    page.push_str(OPERATIONS);
    for row in unbuilt_operations() {
        let answer = match row.behaviour {
            Behaviour::AsIfNoneExisted => row.text.to_owned(),
            Behaviour::Refused => format!("refused: {}", row.text),
        };
        line(&mut page, &[row.operation.as_str(), &answer]);
    }
    page
}

/// The members that are not simply honoured, without those whose parent says it all.
fn members(page: &mut String, fields: &[Field]) {
    page.push_str("\n| member | what becomes of it | |\n|---|---|---|\n");
    for field in fields.iter().filter(|field| says_something(fields, field)) {
        line(page, &[&format!("`{}`", field.path), &field.treatment.to_string(), field.note]);
    }
}

fn says_something(fields: &[Field], field: &Field) -> bool {
    let inherited = parent(fields, field).map_or(Treatment::Honoured, |parent| parent.treatment);
    field.treatment != inherited || !field.note.is_empty()
}

/// The member that this one stands in.
fn parent<'a>(fields: &'a [Field], field: &Field) -> Option<&'a Field> {
    let path = field.path.rsplit_once('.')?.0.trim_end_matches("[]");
    fields.iter().find(|other| other.path == path)
}

fn line<S: AsRef<str>>(page: &mut String, cells: &[S]) {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    writeln!(page, "| {} |", cells.join(" | ")).expect("writing to a string cannot fail");
}
