//! RunTask: check, place, make. Placement is part of the transaction, so its failures are the answer's.

mod capacity;
mod network;
mod spec;

use super::{cluster, task_definition};
use crate::apply::ec2;
use crate::command::ecs::{ClientToken, Failure, RunTask};
use crate::command::{Refusal, Reply};
use crate::schedule::{self, Unplaceable};
use crate::txn::Txn;
use gantry_model::AccountRegion;
use gantry_model::planted::{Bug, suffers};
use gantry_model::quota::{
    IDEMPOTENCY_TOKEN_RETENTION_MS, IDEMPOTENCY_TOKENS, PROVISIONING_TASKS_PER_CLUSTER,
};
use gantry_model::record::{ClusterKey, IdempotencyKey, IdempotencyToken, Subnet, Task};
use network::Network;
use spec::Blueprint;
use std::sync::Arc;

/// Makes and places tasks.
pub(crate) fn run(txn: &mut Txn, scope: &AccountRegion, command: &RunTask) -> Result<Reply, Refusal> {
    if let Some(reply) = earlier_answer(txn, scope, command.client_token.as_ref())? {
        return Ok(reply);
    }
    ec2::ensure_default_vpc(txn, scope);
    let cluster = cluster::require_active(txn, scope, &command.cluster)?;
    let definition = task_definition::find_active(txn, scope, &command.definition)?;
    let capacity = capacity::choose(txn, &cluster, &definition, command)?;
    let network = network::resolve(txn, scope, &definition, command.network.as_ref())?;
    let blueprint = Blueprint::new(&cluster, definition, capacity, command)?;
    require_quota(txn, &cluster, command)?;
    let (tasks, failures) = make(txn, &blueprint, &network, command.count);
    remember(txn, scope, command.client_token.as_ref(), &tasks);
    Ok(Reply::Tasks { tasks, failures })
}

/// Makes as many tasks as there is room for; the zones take turns, beginning anywhere.
fn make(
    txn: &mut Txn,
    blueprint: &Blueprint,
    network: &Network,
    count: usize,
) -> (Vec<Arc<Task>>, Vec<Failure>) {
    let first = txn.entropy.below(network.subnets.len() as u64) as usize;
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for index in 0..count {
        match make_one(txn, blueprint, network, first + index) {
            Ok(task) => tasks.push(task),
            Err(failure) => failures.push(failure),
        }
    }
    (tasks, failures)
}

/// Tries the subnets in turn, beginning with the `turn`th.
fn make_one(
    txn: &mut Txn,
    blueprint: &Blueprint,
    network: &Network,
    turn: usize,
) -> Result<Arc<Task>, Failure> {
    let mut refused = Failure::NoAddress;
    for offset in 0..network.subnets.len() {
        let subnet = &network.subnets[(turn + offset) % network.subnets.len()];
        match make_in(txn, blueprint, network, subnet) {
            Ok(task) => return Ok(task),
            Err(failure) => refused = failure,
        }
    }
    Err(refused)
}

fn make_in(
    txn: &mut Txn,
    blueprint: &Blueprint,
    network: &Network,
    subnet: &Subnet,
) -> Result<Arc<Task>, Failure> {
    let wanted = blueprint.wanted(subnet);
    let node = schedule::place(&txn.state, &wanted, &mut txn.entropy).map_err(|refused| {
        explain(txn, &refused);
        Failure::NoCapacity { wanted: wanted.size, refusals: refused.refusals }
    })?;
    let eni = network.interface(txn, subnet).ok_or(Failure::NoAddress)?;
    let task = Arc::new(blueprint.task(txn, node, subnet, eni));
    let node_name = txn.state.node(node).map_or_else(String::new, |node| node.name.clone());
    txn.note(format!("task {} placed on {node_name} in zone {}", task.id, subnet.zone_name()));
    txn.put(task.clone());
    Ok(task)
}

fn explain(txn: &mut Txn, refused: &Unplaceable) {
    let counts: Vec<String> =
        refused.refusals.iter().map(|(rule, nodes)| format!("{rule}: {nodes}")).collect();
    let counts = if counts.is_empty() { "there is no node".to_owned() } else { counts.join(", ") };
    txn.note(format!("no node fits ({counts})"));
    for line in &refused.nearest {
        txn.note(line.clone());
    }
}

fn require_quota(txn: &Txn, cluster: &ClusterKey, command: &RunTask) -> Result<(), Refusal> {
    if command.client_token.is_some() && txn.state.tokens.len() >= IDEMPOTENCY_TOKENS {
        return Err(Refusal::TokenQuota);
    }
    let provisioning = txn.state.task_counts(cluster).provisioning as usize;
    if provisioning + command.count > PROVISIONING_TASKS_PER_CLUSTER {
        return Err(Refusal::ProvisioningQuota(PROVISIONING_TASKS_PER_CLUSTER));
    }
    Ok(())
}

/// What the same request answered before, if its token is known.
fn earlier_answer(
    txn: &Txn,
    scope: &AccountRegion,
    token: Option<&ClientToken>,
) -> Result<Option<Reply>, Refusal> {
    let Some(token) = token else { return Ok(None) };
    let Some(known) = txn.state.token(&token_key(scope, token)) else { return Ok(None) };
    if known.request_sha256 != token.request_sha256 {
        return Err(Refusal::TokenConflict(known.tasks.clone()));
    }
    let tasks = known.tasks.iter().filter_map(|id| txn.state.task(*id)).cloned().collect();
    Ok(Some(Reply::Tasks { tasks, failures: Vec::new() }))
}

/// Remembers a token with what it made, in the same commit. A request that made nothing may be tried again.
fn remember(txn: &mut Txn, scope: &AccountRegion, token: Option<&ClientToken>, tasks: &[Arc<Task>]) {
    let Some(token) = token.filter(|_| !tasks.is_empty() && !suffers(Bug::TokenForgotten)) else { return };
    txn.put(IdempotencyToken {
        key: token_key(scope, token),
        request_sha256: token.request_sha256.clone(),
        tasks: tasks.iter().map(|task| task.id).collect(),
        expires_at: txn.now.at.plus_ms(IDEMPOTENCY_TOKEN_RETENTION_MS),
    });
}

fn token_key(scope: &AccountRegion, token: &ClientToken) -> IdempotencyKey {
    IdempotencyKey { scope: scope.clone(), operation: "RunTask".to_owned(), token: token.token.clone() }
}
