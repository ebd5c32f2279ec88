//! Which of the nodes that fit is best: fewest tasks of the same group, then the least loaded.

use super::{Candidate, Wanted};
use crate::state::State;

/// Lower is better; compared member by member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Penalty {
    /// Tasks of the same group on the node.
    same_group: usize,
    /// The fuller of CPU and memory, in thousandths, with the task on it.
    load: u64,
}

/// Tasks of a node that are looked at for the spread: beyond these the node is full of the group anyway.
const TASKS_LOOKED_AT: usize = 256;

pub(super) fn penalty(state: &State, candidate: &Candidate<'_>, wanted: &Wanted) -> Penalty {
    let tasks = state.tasks_of_node(candidate.node.id).take(TASKS_LOOKED_AT);
    let same_group = tasks
        .filter(|task| {
            task.holds_resources() && task.spec.cluster == wanted.cluster && task.spec.group == wanted.group
        })
        .count();
    Penalty { same_group, load: load(candidate, wanted) }
}

fn load(candidate: &Candidate<'_>, wanted: &Wanted) -> u64 {
    let offer = candidate.node.offer();
    let left = candidate.free.minus(wanted.size);
    let used = |offer: u64, left: u64| (offer.saturating_sub(left) * 1000).checked_div(offer).unwrap_or(1000);
    used(offer.cpu_units, left.cpu_units).max(used(offer.memory_mib, left.memory_mib))
}
