//! DescribeTasks.

use super::shown::{self, Described};
use crate::ecs::fault::invalid;
use crate::ecs::name::{self, Identifier};
use crate::ecs::{check, failure};
use crate::{Context, Fault};
use gantry_model::record::{ClusterKey, Task};
use gantry_shapes::ecs::{DescribeTasksRequest, DescribeTasksResponse, TaskField};
use std::sync::Arc;

/// Most tasks of one request.
const TASKS_MAX: usize = 100;

/// Describes tasks of a cluster; what does not exist, or no more, is a failure.
pub(in crate::ecs) fn describe(
    cx: &Context<'_>,
    input: DescribeTasksRequest,
) -> Result<DescribeTasksResponse, Fault> {
    let given = input.tasks.unwrap_or_default();
    if given.is_empty() {
        return Err(invalid("Tasks cannot be empty."));
    }
    check::at_most_items(&given, "taskIds", TASKS_MAX)?;
    let described = read_include(&input.include.unwrap_or_default())?;
    let cluster = &name::cluster(cx, input.cluster.as_deref())?.key;
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for text in &given {
        let identifier = name::task(cluster, text)?;
        match find(cx, cluster, &identifier) {
            Some(task) => tasks.push(shown::task(cx.state, task, described)),
            None => failures.push(failure::missing(identifier.arn(cluster, "task"))),
        }
    }
    Ok(DescribeTasksResponse { tasks: Some(tasks), failures: Some(failures) })
}

fn find<'a>(cx: &Context<'a>, cluster: &ClusterKey, identifier: &Identifier<'_>) -> Option<&'a Arc<Task>> {
    cx.state.task(identifier.task_id()?).filter(|task| task.spec.cluster == *cluster)
}

fn read_include(include: &[TaskField]) -> Result<Described, Fault> {
    let mut described = Described::Plain;
    for field in include {
        match field {
            TaskField::Tags => described = Described::WithTags,
            TaskField::Unrecognized(word) => check::one_of(word, "include", TaskField::VALUES)?,
        }
    }
    Ok(described)
}
