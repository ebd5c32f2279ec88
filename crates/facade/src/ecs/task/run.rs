//! RunTask.

use super::request;
use super::shown::{self, Described};
use crate::ecs::fault::{refused, token_conflict, unexpected_reply};
use crate::{Context, Fault, Plan};
use gantry_model::TaskId;
use gantry_orchestrator::command::ecs::Failure;
use gantry_orchestrator::command::{Command, Refusal, Reply};
use gantry_orchestrator::state::State;
use gantry_shapes::ecs as shapes;
use gantry_shapes::ecs::{RunTaskRequest, RunTaskResponse};
use std::collections::BTreeMap;

/// Makes and places tasks. What finds no place is a failure in an answer that is otherwise a success.
pub(in crate::ecs) fn run(cx: &Context<'_>, input: RunTaskRequest) -> Result<Plan, Fault> {
    let command = Command::RunTask(request::read(cx, input)?);
    Ok(Plan::command(command, |state, result| {
        let reply = result.map_err(|refusal| explained(state, &refusal))?;
        let Reply::Tasks { tasks, failures } = reply else { return Err(unexpected_reply()) };
        let tasks = tasks.iter().map(|task| shown::task(state, task, Described::JustMade));
        Ok(RunTaskResponse {
            tasks: Some(tasks.collect()),
            failures: Some(failures.into_iter().map(failure).collect()),
        })
    }))
}

fn explained(state: &State, refusal: &Refusal) -> Fault {
    if let Refusal::TokenConflict(tasks) = refusal {
        return token_conflict(arns(state, tasks));
    }
    refused(refusal)
}

/// The ARNs of the tasks that are still remembered.
fn arns(state: &State, tasks: &[TaskId]) -> Vec<String> {
    tasks.iter().filter_map(|id| state.task(*id)).map(|task| task.arn()).collect()
}

/// AWS's reason, and in `detail` what it was about.
fn failure(failure: Failure) -> shapes::Failure {
    let (reason, detail) = match failure {
        Failure::NoCapacity { wanted, refusals } => (
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            format!(
                "No node has room for {} CPU units and {} MiB ({}).",
                wanted.cpu_units,
                wanted.memory_mib,
                counted(&refusals)
            ),
        ),
        Failure::NoAddress => ("RESOURCE:ENI", "Every address of the subnets is taken.".to_owned()),
    };
    shapes::Failure { arn: None, reason: Some(reason.to_owned()), detail: Some(detail) }
}

/// How many nodes each rule refused, such as `RESOURCE:MEMORY: 3`.
fn counted(refusals: &BTreeMap<String, usize>) -> String {
    if refusals.is_empty() {
        return "there is no node".to_owned();
    }
    let rules = refusals.iter().map(|(rule, nodes)| format!("{rule}: {nodes}"));
    rules.collect::<Vec<_>>().join(", ")
}
