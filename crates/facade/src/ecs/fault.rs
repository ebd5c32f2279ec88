//! ECS's errors in AWS's words.

use crate::Fault;
use gantry_orchestrator::command::Refusal;
use gantry_shapes::ecs::ErrorCode;
use gantry_wire::{ErrorInfo, shape};
use std::borrow::Cow;

/// What every AWS service answers when a client asks too fast; SDKs wait and try again.
const THROTTLING: ErrorInfo = ErrorInfo::sender("ThrottlingException", 400);

shape! { ConflictMembers {
    resource_ids: Vec<String> = "resourceIds",
} }

/// InvalidParameterException: most operations' word for a missing or bad member.
pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Fault {
    ErrorCode::InvalidParameterException.fault(message)
}

/// ClientException: what the operations of task definitions say for a missing or bad member.
pub(crate) fn client(message: impl Into<Cow<'static, str>>) -> Fault {
    ErrorCode::ClientException.fault(message)
}

/// UnsupportedFeatureException: a member that AWS has and this version does not act on, and the container that uses it.
pub(crate) fn unsupported(field: &str, container: Option<&str>) -> Fault {
    ErrorCode::UnsupportedFeatureException.fault(match container {
        Some(name) => format!("This version of Gantry does not run tasks with {field} (container {name})."),
        None => format!("This version of Gantry does not run tasks with {field}."),
    })
}

/// What the operations that need a cluster say where there is none.
pub(crate) fn cluster_not_found() -> Fault {
    ErrorCode::ClusterNotFoundException.fault("Cluster not found.")
}

/// What operations say that name a service which does not exist.
pub(crate) fn service_not_found() -> Fault {
    ErrorCode::ServiceNotFoundException.fault("Service not found.")
}

/// The control plane answered with something that the command never leads to; clients may try again.
pub(crate) fn unexpected_reply() -> Fault {
    ErrorCode::ServerException.fault("The control plane gave an unexpected reply.")
}

/// A client token that stands for another request; `arns` are the tasks which that one made.
pub(crate) fn token_conflict(arns: Vec<String>) -> Fault {
    let message = "The RunTask request could not be processed due to conflicts. The provided clientToken is already in \
                   use with a different request.";
    ErrorCode::ConflictException.fault(message).with_members(ConflictMembers { resource_ids: Some(arns) })
}

/// Gives a refused command its code and words. Operations that word a refusal differently do so before they come here.
pub(crate) fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::ClusterNotFound => cluster_not_found(),
        Refusal::ClusterInactive => {
            ErrorCode::ClusterNotFoundException.fault("The referenced cluster was inactive.")
        }
        Refusal::ClusterDiffers => invalid(
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        ),
        Refusal::ClusterContainsTasks => ErrorCode::ClusterContainsTasksException
            .fault("The Cluster cannot be deleted while Tasks are active."),
        Refusal::ClusterQuota(max) => client(format!("The quota of {max} clusters is reached.")),
        Refusal::TaskDefinitionNotFound => client("TaskDefinition not found."),
        Refusal::TaskDefinitionInactive => invalid("TaskDefinition is inactive"),
        Refusal::RevisionQuota(max) => ErrorCode::LimitExceededException
            .fault(format!("The quota of {max} revisions of a task definition family is reached.")),
        Refusal::NoContainerInstances => invalid("No Container Instances were found in your cluster."),
        Refusal::IncompatibleLaunchType(launch_type) => {
            invalid(format!("Task definition does not support launch_type {launch_type}."))
        }
        Refusal::CapacityProviderNotAssociated(_) => invalid(PROVIDER_NOT_ASSOCIATED),
        Refusal::NetworkConfigurationMissing => {
            invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
        }
        Refusal::NetworkConfigurationUnfit => {
            invalid("Network Configuration is not valid for the given networkMode of this task definition.")
        }
        Refusal::SubnetNotFound(id) => invalid(format!(
            "Error retrieving subnet information for [{id}]: The subnet ID '{id}' does not exist (ErrorCode: \
             InvalidSubnetID.NotFound)"
        )),
        Refusal::SecurityGroupNotFound(id) => invalid(format!(
            "Error retrieving security group information for [{id}]: The security group '{id}' does not exist \
             (ErrorCode: InvalidGroup.NotFound)"
        )),
        Refusal::SecurityGroupOfOtherVpc(id) => invalid(format!(
            "Security group {id} does not appear to belong to the same VPC as the input subnets."
        )),
        Refusal::SubnetsOfSeveralVpcs => invalid("All specified subnets must be from the same VPC."),
        Refusal::OverrideWithoutContainer(name) => {
            invalid(format!("Override for container named {name} is not a container in the TaskDefinition."))
        }
        Refusal::FargateSize { cpu_units, memory_mib } => invalid(format!(
            "No Fargate configuration exists for given values: {cpu_units} CPU, {memory_mib} memory. See the Amazon \
             ECS documentation for the valid values."
        )),
        Refusal::NotRunnable { field, container } => unsupported(field, container.as_deref()),
        Refusal::ExecWithoutTaskRole => invalid(
            "The execute command failed because a valid task role is not being used. Specify a valid task role in your \
             task definition or as a task override and try again.",
        ),
        Refusal::TokenConflict(_) => token_conflict(Vec::new()),
        Refusal::TokenQuota | Refusal::Overloaded => Fault::new(THROTTLING, "Rate exceeded"),
        Refusal::TaskNotFound => invalid("The referenced task was not found."),
        Refusal::ProvisioningQuota(_) => client("Tasks provisioning capacity limit exceeded."),
        Refusal::ResourceNotFound => invalid("The specified resource does not exist."),
        Refusal::TaskStopped => {
            invalid("The specified task is stopped. Specify a running task and try again.")
        }
        Refusal::TagQuota(max) => invalid(format!("A resource can have at most {max} tags.")),
        Refusal::StaleSession => unexpected_reply(),
        Refusal::NotCommitted => {
            ErrorCode::ServerException.fault("Service Unavailable. Please try again later.")
        }
    }
}

/// What ECS says about a strategy with a provider that its cluster does not list.
pub(crate) const PROVIDER_NOT_ASSOCIATED: &str = "The specified capacity provider strategy cannot contain a capacity \
    provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a \
    valid capacity provider and try again.";
