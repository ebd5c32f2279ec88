//! What must hold of every state, whatever led to it. Tests and the simulator check it after each step.

use crate::state::State;
use gantry_model::change::Change;
use gantry_model::record::{Record, Task};
use gantry_model::status::{DesiredStatus, TaskStatus};
use std::collections::BTreeMap;

/// A state that must not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(String);

/// Checks every invariant. Cost: the whole state.
///
/// # Errors
/// The first violation.
pub fn check(state: &State) -> Result<(), Violation> {
    indexes_equal_rebuilt_ones(state)?;
    addresses_are_held_once(state)?;
    nodes_are_not_overbooked(state)?;
    newest_sessions_are_heard(state)?;
    state.tasks.values().try_for_each(|task| task_is_whole(state, task))
}

fn fail<T>(text: impl Into<String>) -> Result<T, Violation> {
    Err(Violation(text.into()))
}

fn indexes_equal_rebuilt_ones(state: &State) -> Result<(), Violation> {
    let mut rebuilt = State::default();
    let vpcs = state.vpcs.values().cloned().map(Record::from);
    let subnets = state.subnets.values().cloned().map(Record::from);
    let groups = state.security_groups.values().cloned().map(Record::from);
    let tasks = state.tasks.values().cloned().map(Record::from);
    for record in vpcs.chain(subnets).chain(groups).chain(tasks) {
        rebuilt.apply(&Change::Put(record));
    }
    if rebuilt.index == state.index { Ok(()) } else { fail("an index differs from one that is built anew") }
}

fn addresses_are_held_once(state: &State) -> Result<(), Violation> {
    let mut holders = BTreeMap::new();
    for task in state.tasks.values().filter(|task| task.holds_resources()) {
        let Some(eni) = &task.spec.eni else { continue };
        if let Some(other) = holders.insert(eni.address, task.id) {
            return fail(format!("tasks {other} and {} both hold {}", task.id, eni.address));
        }
    }
    Ok(())
}

fn nodes_are_not_overbooked(state: &State) -> Result<(), Violation> {
    for node in state.nodes.values() {
        // A node that came back smaller may hold more than it offers; placement gives it nothing until that is over.
        let used = state.node_use(node.id);
        if let Some(dimension) = node.offer().lacks(&used) {
            return fail(format!(
                "node {} is over-booked in {dimension}: {used:?} of {:?}",
                node.id,
                node.offer()
            ));
        }
    }
    Ok(())
}

fn newest_sessions_are_heard(state: &State) -> Result<(), Violation> {
    for (node, contact) in state.nodes.values().filter_map(|node| Some((node, state.contact(node.id)?))) {
        if contact.session != node.session {
            return fail(format!(
                "node {} was heard in session {}, its newest is {}",
                node.id, contact.session, node.session
            ));
        }
    }
    Ok(())
}

fn task_is_whole(state: &State, task: &Task) -> Result<(), Violation> {
    let id = task.id;
    if state.task_definition(&task.spec.definition).is_none() {
        return fail(format!("task {id} has no definition"));
    }
    if state.cluster(&task.spec.cluster).is_none() {
        return fail(format!("task {id} has no cluster"));
    }
    if task.spec.containers.len() != task.observed.containers.len() {
        return fail(format!("task {id} is observed with another number of containers"));
    }
    if task.observed.status > TaskStatus::Running && task.desired.status == DesiredStatus::Running {
        return fail(format!("task {id} is {} although it should run", task.observed.status));
    }
    if (task.observed.status == TaskStatus::Stopped) != task.observed.stopped_at.is_some() {
        return fail(format!(
            "task {id} is {} and stopped at {:?}",
            task.observed.status, task.observed.stopped_at
        ));
    }
    if task.observed.released && task.observed.status != TaskStatus::Stopped {
        return fail(format!("task {id} is released although it is {}", task.observed.status));
    }
    Ok(())
}
