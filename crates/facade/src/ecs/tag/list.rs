//! ListTagsForResource.

use super::resource;
use crate::ecs::tags;
use crate::{Context, Fault};
use gantry_model::record::{ClusterKey, TaskDefinitionKey};
use gantry_model::status::ClusterStatus;
use gantry_model::{ClusterName, Tags, TaskId};
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::command::ecs::Taggable;
use gantry_shapes::ecs::{ListTagsForResourceRequest, ListTagsForResourceResponse};

/// Lists the tags of a resource.
pub(in crate::ecs) fn list(
    cx: &Context<'_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Fault> {
    let resource = resource::read(cx, &input.resource_arn.unwrap_or_default())?;
    let tags = find(cx, &resource).map_err(|refusal| resource::explained(&resource, &refusal))?;
    Ok(ListTagsForResourceResponse { tags: Some(tags::shown(tags)) })
}

fn find<'a>(cx: &Context<'a>, resource: &Taggable) -> Result<&'a Tags, Refusal> {
    match resource {
        Taggable::Cluster(name) => of_cluster(cx, name),
        Taggable::Task(cluster, id) => of_task(cx, cluster, *id),
        Taggable::TaskDefinition(family, revision) => {
            let key =
                TaskDefinitionKey { scope: cx.scope().clone(), family: family.clone(), revision: *revision };
            let definition = cx.state.task_definition(&key).ok_or(Refusal::ResourceNotFound)?;
            Ok(&definition.tags)
        }
    }
}

fn of_cluster<'a>(cx: &Context<'a>, name: &ClusterName) -> Result<&'a Tags, Refusal> {
    let key = ClusterKey { scope: cx.scope().clone(), name: name.clone() };
    let cluster = cx.state.cluster(&key).ok_or(Refusal::ClusterNotFound)?;
    match cluster.status {
        ClusterStatus::Active => Ok(&cluster.tags),
        ClusterStatus::Inactive => Err(Refusal::ClusterInactive),
    }
}

fn of_task<'a>(cx: &Context<'a>, cluster: &ClusterName, id: TaskId) -> Result<&'a Tags, Refusal> {
    let key = ClusterKey { scope: cx.scope().clone(), name: cluster.clone() };
    let task = cx.state.task(id).filter(|task| task.spec.cluster == key);
    task.map(|task| &task.tags).ok_or(Refusal::ResourceNotFound)
}
