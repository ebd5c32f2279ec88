//! Which of the nodes that fit is best: fewest tasks of the same group, then the least loaded.

use super::{Candidate, Wanted};
use crate::state::State;

/// Lower is better; compared member by member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Penalty {
    /// Tasks of the same group on the node.
    same_group: u32,
    /// The fuller of CPU and memory, in thousandths, with the task on it.
    load: u64,
}

pub(super) fn penalty(state: &State, candidate: &Candidate<'_>, wanted: &Wanted) -> Penalty {
    let same_group = state.group_on_node(&(candidate.node.id, wanted.group.clone()));
    Penalty { same_group, load: load(candidate, wanted) }
}

fn load(candidate: &Candidate<'_>, wanted: &Wanted) -> u64 {
    let offer = candidate.node.offer();
    let left = candidate.free.minus(wanted.size);
    let used = |offer: u64, left: u64| (offer.saturating_sub(left) * 1000).checked_div(offer).unwrap_or(1000);
    used(offer.cpu_units, left.cpu_units).max(used(offer.memory_mib, left.memory_mib))
}
