//! The list of unbuilt operations, with what each answers and why.

use crate::Fault;
use gantry_shapes::ecs::{ErrorCode, Operation};

/// An operation on a kind of resource that this version does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnbuiltOperation {
    /// Which operation.
    pub operation: Operation,
    /// What it does.
    pub behaviour: Behaviour,
    /// Of a read: what it answers. Of a write: what this version lacks.
    pub text: &'static str,
}

/// What an unbuilt operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// A read: answers as on an account that has none of the kind.
    AsIfNoneExisted,
    /// A write: changes nothing and is refused.
    Refused,
}

/// Every unbuilt operation, sorted by name.
pub fn unbuilt_operations() -> &'static [UnbuiltOperation] {
    TABLE
}

/// What a write is answered: UnsupportedFeatureException where the model has it for the operation.
pub(super) fn refused(operation: Operation) -> Fault {
    let code = [ErrorCode::UnsupportedFeatureException, ErrorCode::ClientException]
        .into_iter()
        .find(|code| operation.errors().contains(code))
        .unwrap_or(ErrorCode::InvalidParameterException);
    let row = TABLE.iter().find(|row| row.operation == operation);
    let text = row.map_or("this version of Gantry does not have it", |row| row.text);
    code.fault(format!("{} is not supported: {text}.", operation.as_str()))
}

const EMPTY: &str = "an empty list";
const MISSING: &str = "a failure MISSING for each name";
const NOT_FOUND: &str = "the error of a name that does not exist";

const ACCOUNT_SETTINGS: &str = "this version of Gantry does not keep account settings";
const CAPACITY_PROVIDERS: &str =
    "this version of Gantry has the capacity providers FARGATE and FARGATE_SPOT only";
const CLUSTER_UPDATES: &str = "this version of Gantry does not change clusters once they are made";
const CONTAINER_INSTANCES: &str = "this version of Gantry has no container instances";
const DAEMONS: &str = "this version of Gantry does not run daemons";
const EXEC: &str = "this version of Gantry does not have ECS Exec";
const GATEWAYS: &str = "this version of Gantry does not have gateways";
const SERVICES: &str = "this version of Gantry does not run services";
const TASK_DEFINITIONS: &str = "this version of Gantry does not delete task definitions";

const fn reads(operation: Operation, text: &'static str) -> UnbuiltOperation {
    UnbuiltOperation { operation, behaviour: Behaviour::AsIfNoneExisted, text }
}

const fn refuses(operation: Operation, text: &'static str) -> UnbuiltOperation {
    UnbuiltOperation { operation, behaviour: Behaviour::Refused, text }
}

const TABLE: &[UnbuiltOperation] = &[
    refuses(Operation::AssociateGatewayWithCluster, GATEWAYS),
    refuses(Operation::ContinueServiceDeployment, SERVICES),
    refuses(Operation::CreateCapacityProvider, CAPACITY_PROVIDERS),
    refuses(Operation::CreateDaemon, DAEMONS),
    refuses(Operation::CreateExpressGatewayService, GATEWAYS),
    refuses(Operation::CreateGateway, GATEWAYS),
    refuses(Operation::CreateService, SERVICES),
    refuses(Operation::CreateTaskSet, SERVICES),
    refuses(Operation::DeleteAccountSetting, ACCOUNT_SETTINGS),
    refuses(Operation::DeleteAttributes, CONTAINER_INSTANCES),
    refuses(Operation::DeleteCapacityProvider, CAPACITY_PROVIDERS),
    refuses(Operation::DeleteDaemon, DAEMONS),
    refuses(Operation::DeleteDaemonTaskDefinition, DAEMONS),
    refuses(Operation::DeleteExpressGatewayService, GATEWAYS),
    refuses(Operation::DeleteGateway, GATEWAYS),
    refuses(Operation::DeleteService, SERVICES),
    refuses(Operation::DeleteTaskDefinitions, TASK_DEFINITIONS),
    refuses(Operation::DeleteTaskSet, SERVICES),
    refuses(Operation::DeregisterContainerInstance, CONTAINER_INSTANCES),
    reads(
        Operation::DescribeCapacityProviders,
        "FARGATE and FARGATE_SPOT, and a failure MISSING for other names",
    ),
    reads(Operation::DescribeContainerInstances, MISSING),
    reads(Operation::DescribeDaemon, NOT_FOUND),
    reads(Operation::DescribeDaemonDeployments, MISSING),
    reads(Operation::DescribeDaemonRevisions, MISSING),
    reads(Operation::DescribeDaemonTaskDefinition, NOT_FOUND),
    reads(Operation::DescribeExpressGatewayService, NOT_FOUND),
    reads(Operation::DescribeGateway, NOT_FOUND),
    reads(Operation::DescribeGatewayResources, NOT_FOUND),
    reads(Operation::DescribeGatewayRoute, NOT_FOUND),
    reads(Operation::DescribeServiceDeployments, MISSING),
    reads(Operation::DescribeServiceRevisions, MISSING),
    reads(Operation::DescribeServices, MISSING),
    reads(Operation::DescribeTaskSets, NOT_FOUND),
    refuses(Operation::DisassociateGatewayFromCluster, GATEWAYS),
    refuses(Operation::DiscoverPollEndpoint, CONTAINER_INSTANCES),
    refuses(Operation::ExecuteCommand, EXEC),
    reads(
        Operation::GetTaskProtection,
        "a failure TASK_NOT_VALID for each task, as it belongs to no service",
    ),
    reads(
        Operation::ListAccountSettings,
        "AWS's defaults as effective settings, and no settings of one's own",
    ),
    reads(Operation::ListAttributes, EMPTY),
    reads(Operation::ListContainerInstances, EMPTY),
    reads(Operation::ListDaemonDeployments, EMPTY),
    reads(Operation::ListDaemonTaskDefinitions, EMPTY),
    reads(Operation::ListDaemons, EMPTY),
    reads(Operation::ListGatewayClusterAssociations, EMPTY),
    reads(Operation::ListGatewayRoutes, EMPTY),
    reads(Operation::ListGateways, EMPTY),
    reads(Operation::ListServiceDeployments, NOT_FOUND),
    reads(Operation::ListServices, EMPTY),
    reads(Operation::ListServicesByNamespace, EMPTY),
    refuses(Operation::PutAccountSetting, ACCOUNT_SETTINGS),
    refuses(Operation::PutAccountSettingDefault, ACCOUNT_SETTINGS),
    refuses(Operation::PutAttributes, CONTAINER_INSTANCES),
    refuses(Operation::PutClusterCapacityProviders, CLUSTER_UPDATES),
    refuses(Operation::RegisterContainerInstance, CONTAINER_INSTANCES),
    refuses(Operation::RegisterDaemonTaskDefinition, DAEMONS),
    refuses(Operation::StartTask, CONTAINER_INSTANCES),
    refuses(Operation::StopServiceDeployment, SERVICES),
    refuses(Operation::SubmitAttachmentStateChanges, CONTAINER_INSTANCES),
    refuses(Operation::SubmitContainerStateChange, CONTAINER_INSTANCES),
    refuses(Operation::SubmitTaskStateChange, CONTAINER_INSTANCES),
    refuses(Operation::UpdateCapacityProvider, CAPACITY_PROVIDERS),
    refuses(Operation::UpdateCluster, CLUSTER_UPDATES),
    refuses(Operation::UpdateClusterSettings, CLUSTER_UPDATES),
    refuses(Operation::UpdateContainerAgent, CONTAINER_INSTANCES),
    refuses(Operation::UpdateContainerInstancesState, CONTAINER_INSTANCES),
    refuses(Operation::UpdateDaemon, DAEMONS),
    refuses(Operation::UpdateExpressGatewayService, GATEWAYS),
    refuses(Operation::UpdateGateway, GATEWAYS),
    refuses(Operation::UpdateService, SERVICES),
    refuses(Operation::UpdateServicePrimaryTaskSet, SERVICES),
    refuses(Operation::UpdateTaskProtection, SERVICES),
    refuses(Operation::UpdateTaskSet, SERVICES),
];
