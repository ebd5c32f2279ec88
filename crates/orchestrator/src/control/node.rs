//! Leases. Disconnected is not dead: a node is given up only when its lease ended while a leader was serving.

use super::until;
use crate::state::Contact;
use crate::txn::Txn;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::{Node, NodeStatus, RecordKey, Task};
use gantry_model::status::{ContainerStatus, DesiredStatus, StopCode, TaskStatus};
use gantry_model::{NodeId, Timestamp};
use std::sync::Arc;

/// The lease of a node of the pool.
pub const LEASE_MS: u64 = 10_000;

/// How long an announced restart of an agent holds its lease.
pub const RESTART_HOLD_MS: u64 = 60_000;

/// How long a lost node may still come back to what it ran: until then nobody else gets its tasks' addresses.
pub const LOST_NODE_RETENTION_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) fn reconcile(txn: &mut Txn, id: NodeId) -> Option<u64> {
    let node = txn.state.node(id)?.clone();
    if let Some(lost_at) = node.lost_at {
        let wake = until(txn, lost_at.plus_ms(LOST_NODE_RETENTION_MS));
        if wake.is_none() {
            forget(txn, &node);
        }
        return wake;
    }
    let ends_at_ms = lease_end_ms(txn.state.contact(id)?);
    if txn.now.mono_ms < ends_at_ms {
        return Some(ends_at_ms);
    }
    give_up(txn, &node);
    None
}

/// When a lease ends, in monotonic milliseconds.
fn lease_end_ms(contact: &Contact) -> u64 {
    (contact.heard_at_ms + LEASE_MS).max(contact.held_until_ms)
}

fn give_up(txn: &mut Txn, node: &Node) {
    let seconds = LEASE_MS / 1000;
    txn.note(format!("node {} was not heard of for {seconds} s: its lease ended", node.name));
    txn.put(Node { status: NodeStatus::Lost, lost_at: Some(txn.now.at), ..node.clone() });
    let tasks: Vec<Arc<Task>> = txn.state.tasks_of_node(node.id).cloned().collect();
    for task in tasks.iter().filter(|task| task.observed.status != TaskStatus::Stopped) {
        txn.put(lost(task, node, txn.now.at));
    }
}

/// The node is gone for good: its tasks' addresses are free.
fn forget(txn: &mut Txn, node: &Node) {
    let tasks: Vec<Arc<Task>> = txn.state.tasks_of_node(node.id).cloned().collect();
    for task in &tasks {
        let mut task = Task::clone(task.as_ref());
        task.observed.released = true;
        txn.put(task);
    }
    txn.delete(RecordKey::Node(node.id));
}

/// A standalone task on a lost node is STOPPED. It is not released: should the node return, it stops its copy first.
fn lost(task: &Task, node: &Node, at: Timestamp) -> Task {
    let mut task = task.clone();
    if task.desired.status == DesiredStatus::Running {
        task.desired.status = DesiredStatus::Stopped;
        task.desired.stopping_at = Some(at);
        task.desired.stop_code = Some(StopCode::InfrastructureHealth);
        task.desired.stopped_reason = Some(format!("The node {} that ran the task was lost.", node.name));
    }
    task.observed.status = TaskStatus::Stopped;
    task.observed.stopped_at = Some(at);
    for container in &mut task.observed.containers {
        container.status = ContainerStatus::Stopped;
    }
    task.observed.released |= suffers(Bug::ReleasedWhenLost);
    task.tags.clear();
    task.version += 1;
    task
}
