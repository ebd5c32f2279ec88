//! What is published to nodes, and what nodes report back.
//!
//! A view is a function of the state with a generation number: a lost or repeated one costs nothing.

pub mod assignment;
pub mod report;

pub use assignment::{AssignedContainer, AssignedTask, Assignment, AssignmentUpdate};
pub use report::{ContainerReport, NodeReport, Occurrence, TaskReport};
