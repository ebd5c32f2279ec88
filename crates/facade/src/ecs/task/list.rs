//! ListTasks.

use super::capacity;
use crate::ecs::fault::{invalid, service_not_found};
use crate::ecs::name;
use crate::ecs::page::{Page, Size};
use crate::{Context, Fault};
use gantry_model::TaskId;
use gantry_model::record::Task;
use gantry_model::status::{self, LaunchType};
use gantry_shapes::ecs::{DesiredStatus, ListTasksRequest, ListTasksResponse};

/// Lists the ARNs of a cluster's tasks that match every filter, sorted by id.
pub(in crate::ecs) fn list(cx: &Context<'_>, input: ListTasksRequest) -> Result<ListTasksResponse, Fault> {
    let page = Page::<TaskId>::read(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    let filter = Filter::read(&input)?;
    let cluster = &name::cluster(cx, input.cluster.as_deref())?.key;
    if let Some(instance) = &input.container_instance {
        name::container_instance(cluster, instance)?;
        return Err(invalid("Referenced container instance ID not found."));
    }
    if input.service_name.is_some() {
        return Err(service_not_found());
    }
    let desired = filter.desired.into_iter();
    let tasks = desired.flat_map(|desired| cx.state.tasks_of_cluster(cluster, desired, page.after));
    let matching = tasks.filter(|task| filter.matches(task)).map(|task| (task.id, task.arn()));
    let (arns, next_token) = page.cut(matching);
    Ok(ListTasksResponse { task_arns: Some(arns), next_token })
}

/// What a task must have to be listed.
struct Filter<'a> {
    family: Option<&'a str>,
    started_by: Option<&'a str>,
    launch_type: Option<LaunchType>,
    /// `None` matches no task: ECS never wants a task to be PENDING.
    desired: Option<status::DesiredStatus>,
    /// Daemons start no tasks yet.
    of_daemon: bool,
}

impl<'a> Filter<'a> {
    fn read(input: &'a ListTasksRequest) -> Result<Self, Fault> {
        let others = [&input.container_instance, &input.family, &input.service_name, &input.daemon_name];
        if input.started_by.is_some() && others.into_iter().any(Option::is_some) {
            return Err(invalid("startedBy must be the only filter that is used."));
        }
        Ok(Self {
            family: input.family.as_deref(),
            started_by: input.started_by.as_deref(),
            launch_type: input.launch_type.as_ref().map(capacity::read_launch_type).transpose()?,
            desired: read_desired(input.desired_status.as_ref())?,
            of_daemon: input.daemon_name.is_some(),
        })
    }

    fn matches(&self, task: &Task) -> bool {
        let spec = &task.spec;
        self.family.is_none_or(|family| spec.definition.family.as_str() == family)
            && self.started_by.is_none_or(|started_by| spec.started_by.as_deref() == Some(started_by))
            && self.launch_type.is_none_or(|launch_type| spec.launch_type == Some(launch_type))
            && !self.of_daemon
    }
}

fn read_desired(given: Option<&DesiredStatus>) -> Result<Option<status::DesiredStatus>, Fault> {
    match given {
        None | Some(DesiredStatus::Running) => Ok(Some(status::DesiredStatus::Running)),
        Some(DesiredStatus::Stopped) => Ok(Some(status::DesiredStatus::Stopped)),
        Some(DesiredStatus::Pending) => Ok(None),
        Some(DesiredStatus::Unrecognized(_)) => {
            Err(invalid("desired status should be one of [RUNNING,PENDING,STOPPED]"))
        }
    }
}
