//! Inputs → changes: one folder per AWS service, one file per resource.
//!
//! Takes in a transaction and a command; gives out a reply, or a refusal that leaves nothing behind. Does not know AWS's
//! shapes, errors or protocols.

pub(crate) mod ec2;
pub(crate) mod ecs;
pub(crate) mod node;

use crate::command::{Command, Refusal, Reply, Request};
use crate::txn::Txn;
use gantry_model::AccountRegion;
use gantry_model::record::Installation;

/// Makes the installation, once; a later start changes nothing.
pub(crate) fn install(txn: &mut Txn, installation: &Installation) -> Reply {
    if txn.state.installation().is_none() {
        txn.put(installation.clone());
        let scope = AccountRegion { account: installation.account, region: installation.region.clone() };
        ec2::ensure_default_vpc(txn, &scope);
    }
    Reply::Done
}

/// Applies a client's command.
pub(crate) fn request(txn: &mut Txn, request: &Request) -> Result<Reply, Refusal> {
    match &request.command {
        Command::CreateCluster(c) => ecs::cluster::create(txn, &request.scope, c),
        Command::DeleteCluster(c) => ecs::cluster::delete(txn, &request.scope, c),
        Command::RegisterTaskDefinition(c) => ecs::task_definition::register(txn, request, c),
        Command::DeregisterTaskDefinition(c) => ecs::task_definition::deregister(txn, &request.scope, c),
        Command::RunTask(c) => ecs::run_task::run(txn, &request.scope, c),
        Command::StopTask(c) => ecs::stop_task::stop(txn, &request.scope, c),
        Command::TagResource(c) => ecs::tag::tag(txn, &request.scope, c),
        Command::UntagResource(c) => ecs::tag::untag(txn, &request.scope, c),
        Command::EnsureDefaultVpc => {
            ec2::ensure_default_vpc(txn, &request.scope);
            Ok(Reply::Done)
        }
    }
}
