//! What a tagging operation is about, and how it is refused.

use crate::ecs::fault::{client, cluster_not_found, invalid, refused};
use crate::ecs::name;
use crate::{Context, Fault};
use gantry_model::Arn;
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::command::ecs::Taggable;

/// Reads `resourceArn`. Whether the resource exists is decided later, unless nothing of its kind does.
pub(super) fn read(cx: &Context<'_>, given: &str) -> Result<Taggable, Fault> {
    let arn = Arn::parse(given).filter(|arn| arn.service == "ecs").ok_or_else(invalid_arn)?;
    name::check_scope(cx.scope(), &arn)?;
    let (kind, id) = arn.resource.split_once('/').ok_or_else(invalid_arn)?;
    match kind {
        "cluster" => Ok(Taggable::Cluster(id.parse().map_err(|_| cluster_not_found())?)),
        "task" => task(id),
        "task-definition" => task_definition(cx, given),
        "service" => long_form(id).and_then(|_| Err(invalid("The specified service does not exist."))),
        "container-instance" => {
            long_form(id).and_then(|_| Err(invalid("The specified container instance does not exist.")))
        }
        "capacity-provider" => Err(client(
            "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
        )),
        _ => Err(invalid_arn()),
    }
}

fn task(id: &str) -> Result<Taggable, Fault> {
    let (cluster, task) = long_form(id)?;
    let cluster = cluster.parse().map_err(|_| cluster_not_found())?;
    let task = task.parse().map_err(|_| invalid(NO_TASK))?;
    Ok(Taggable::Task(cluster, task))
}

fn task_definition(cx: &Context<'_>, given: &str) -> Result<Taggable, Fault> {
    let named = name::task_definition(cx, given)?;
    let revision = named.revision.ok_or_else(|| client("Revision is missing."))?;
    Ok(Taggable::TaskDefinition(named.family, revision))
}

/// `CLUSTER/ID`. Short ARNs, which name no cluster, cannot be tagged.
fn long_form(id: &str) -> Result<(&str, &str), Fault> {
    id.split_once('/').ok_or_else(|| invalid("Long arn format must be used for tagging operations"))
}

fn invalid_arn() -> Fault {
    invalid("The specified ARN is invalid. Specify a valid ARN and try again.")
}

/// Gives a refusal its words for this resource.
pub(super) fn explained(resource: &Taggable, refusal: &Refusal) -> Fault {
    let fault = if matches!(refusal, Refusal::ResourceNotFound) {
        invalid(missing(resource))
    } else if matches!(refusal, Refusal::ClusterInactive | Refusal::TaskDefinitionInactive) {
        invalid(inactive(resource))
    } else {
        refused(refusal)
    };
    in_words_of(resource, fault)
}

fn missing(resource: &Taggable) -> &'static str {
    match resource {
        Taggable::Cluster(_) => {
            "The specified cluster does not exist. Specify a valid cluster and try again."
        }
        Taggable::Task(..) => NO_TASK,
        Taggable::TaskDefinition(..) => {
            "The specified task definition does not exist. Specify a valid account, family, revision and try again."
        }
    }
}

const NO_TASK: &str = "The specified task does not exist. Specify a valid task and try again.";

fn inactive(resource: &Taggable) -> &'static str {
    match resource {
        Taggable::Cluster(_) => "The specified cluster is inactive. Specify an active cluster and try again.",
        Taggable::Task(..) => "The specified task is stopped. Specify a running task and try again.",
        Taggable::TaskDefinition(..) => {
            "The specified task definition is inactive. Specify an active task definition and try again."
        }
    }
}

/// On task definitions, what is elsewhere an InvalidParameterException is a ClientException.
pub(super) fn in_words_of(resource: &Taggable, fault: Fault) -> Fault {
    match resource {
        Taggable::TaskDefinition(..) if fault.code() == "InvalidParameterException" => {
            client(fault.message().unwrap_or_default().to_owned())
        }
        Taggable::Cluster(_) | Taggable::Task(..) | Taggable::TaskDefinition(..) => fault,
    }
}
