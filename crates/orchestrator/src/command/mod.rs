//! What can be asked of the control plane: commands, what they answer, and why they are refused.
//!
//! The facade makes commands from AWS's requests and AWS's answers from replies; nothing here knows a wire shape or an AWS
//! error code. A command is valid by itself; whether it is legal is decided against the state, in `apply`.

pub mod ecs;
mod refusal;

pub use refusal::Refusal;

use gantry_model::record::{Cluster, Task, TaskDefinition};
use gantry_model::{AccountRegion, RequestId};
use std::sync::Arc;

/// A command with who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The request's id, as the client sees it.
    pub id: RequestId,
    /// ARN of the principal that signed it.
    pub principal: String,
    /// Account and region that it is about.
    pub scope: AccountRegion,
    /// What is asked.
    pub command: Command,
}

/// One write of one service.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Make a cluster.
    CreateCluster(ecs::CreateCluster),
    /// Make a cluster INACTIVE.
    DeleteCluster(ecs::DeleteCluster),
    /// Add a revision to a family.
    RegisterTaskDefinition(ecs::RegisterTaskDefinition),
    /// Make a revision INACTIVE.
    DeregisterTaskDefinition(ecs::DeregisterTaskDefinition),
    /// Make and place tasks.
    RunTask(ecs::RunTask),
    /// Stop a task.
    StopTask(ecs::StopTask),
    /// Add or change tags.
    TagResource(ecs::TagResource),
    /// Remove tags.
    UntagResource(ecs::UntagResource),
    /// Make the scope's default VPC where it has none.
    EnsureDefaultVpc,
}

impl Command {
    /// The action in the history, such as `ecs:RunTask`.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::CreateCluster(_) => "ecs:CreateCluster",
            Self::DeleteCluster(_) => "ecs:DeleteCluster",
            Self::RegisterTaskDefinition(_) => "ecs:RegisterTaskDefinition",
            Self::DeregisterTaskDefinition(_) => "ecs:DeregisterTaskDefinition",
            Self::RunTask(_) => "ecs:RunTask",
            Self::StopTask(_) => "ecs:StopTask",
            Self::TagResource(_) => "ecs:TagResource",
            Self::UntagResource(_) => "ecs:UntagResource",
            Self::EnsureDefaultVpc => "ec2:CreateDefaultVpc",
        }
    }
}

/// What a command answers: the records as they were right after it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The cluster of CreateCluster or DeleteCluster.
    Cluster(Arc<Cluster>),
    /// The revision of RegisterTaskDefinition or DeregisterTaskDefinition.
    TaskDefinition(Arc<TaskDefinition>),
    /// The tasks of RunTask and what could not be placed.
    Tasks {
        /// Tasks that were made.
        tasks: Vec<Arc<Task>>,
        /// What could not be made.
        failures: Vec<ecs::Failure>,
    },
    /// The task of StopTask.
    Task(Arc<Task>),
    /// The number of the session that a node began.
    Session(u64),
    /// Done; there is nothing to tell.
    Done,
}
