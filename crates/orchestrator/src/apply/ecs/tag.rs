//! Tags of clusters, tasks and task definitions.

use crate::command::ecs::{TagResource, Taggable, UntagResource};
use crate::command::{Refusal, Reply};
use crate::txn::Txn;
use gantry_model::quota::TAGS_PER_RESOURCE;
use gantry_model::record::{Cluster, ClusterKey, Record, Task, TaskDefinition, TaskDefinitionKey};
use gantry_model::status::{ClusterStatus, DesiredStatus, TaskDefinitionStatus};
use gantry_model::{AccountRegion, Tags};

/// Adds tags, replacing values of keys that are there.
pub(crate) fn tag(txn: &mut Txn, scope: &AccountRegion, command: &TagResource) -> Result<Reply, Refusal> {
    change(txn, scope, &command.resource, |tags| tags.extend(command.tags.clone()))
}

/// Removes tags; keys that are not there are no error.
pub(crate) fn untag(txn: &mut Txn, scope: &AccountRegion, command: &UntagResource) -> Result<Reply, Refusal> {
    change(txn, scope, &command.resource, |tags| tags.retain(|key, _| !command.keys.contains(key)))
}

fn change(
    txn: &mut Txn,
    scope: &AccountRegion,
    resource: &Taggable,
    edit: impl FnOnce(&mut Tags),
) -> Result<Reply, Refusal> {
    let mut record = find(txn, scope, resource)?;
    let tags = tags_of(&mut record);
    edit(tags);
    if tags.len() > TAGS_PER_RESOURCE {
        return Err(Refusal::TagQuota(TAGS_PER_RESOURCE));
    }
    txn.put(match record {
        Tagged::Cluster(record) => Record::from(record),
        Tagged::Task(record) => Record::from(record),
        Tagged::TaskDefinition(record) => Record::from(record),
    });
    Ok(Reply::Done)
}

/// A copy of a record that carries tags.
enum Tagged {
    Cluster(Cluster),
    Task(Task),
    TaskDefinition(TaskDefinition),
}

fn tags_of(record: &mut Tagged) -> &mut Tags {
    match record {
        Tagged::Cluster(record) => &mut record.tags,
        Tagged::Task(record) => &mut record.tags,
        Tagged::TaskDefinition(record) => &mut record.tags,
    }
}

fn find(txn: &Txn, scope: &AccountRegion, resource: &Taggable) -> Result<Tagged, Refusal> {
    match resource {
        Taggable::Cluster(name) => find_cluster(txn, ClusterKey { scope: scope.clone(), name: name.clone() }),
        Taggable::Task(name, id) => {
            let cluster = ClusterKey { scope: scope.clone(), name: name.clone() };
            let task = txn.state.task(*id).filter(|task| task.spec.cluster == cluster);
            let task = task.ok_or(Refusal::ResourceNotFound)?;
            match task.desired.status {
                DesiredStatus::Running => Ok(Tagged::Task(Task::clone(task))),
                DesiredStatus::Stopped => Err(Refusal::TaskStopped),
            }
        }
        Taggable::TaskDefinition(family, revision) => {
            let key = TaskDefinitionKey { scope: scope.clone(), family: family.clone(), revision: *revision };
            let definition = txn.state.task_definition(&key).ok_or(Refusal::ResourceNotFound)?;
            match definition.status {
                TaskDefinitionStatus::Active => Ok(Tagged::TaskDefinition(TaskDefinition::clone(definition))),
                TaskDefinitionStatus::Inactive | TaskDefinitionStatus::DeleteInProgress => {
                    Err(Refusal::TaskDefinitionInactive)
                }
            }
        }
    }
}

fn find_cluster(txn: &Txn, key: ClusterKey) -> Result<Tagged, Refusal> {
    let cluster = txn.state.cluster(&key).ok_or(Refusal::ClusterNotFound)?;
    match cluster.status {
        ClusterStatus::Active => Ok(Tagged::Cluster(Cluster::clone(cluster))),
        ClusterStatus::Inactive => Err(Refusal::ClusterInactive),
    }
}
