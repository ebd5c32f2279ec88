//! What becomes of each member of RegisterTaskDefinition's and RunTask's input, and the page "differences from AWS".
//!
//! Takes in the tables under `fields/`, one line per member; gives out their rows, and the page that is made from them.
//! A test holds each table against the members that the shapes have, and against what the orchestrator refuses to run. Does
//! not know how a member is honoured.

mod page;
mod table;

pub use page::differences_page;
pub use table::{Field, Treatment, register_task_definition, run_task};
