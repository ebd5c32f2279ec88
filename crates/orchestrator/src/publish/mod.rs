//! State → views: what each node should run.
//!
//! Takes in a state; gives out a node's assignments, whole or as the difference to what the node was told. A view is a
//! function of the state: start-up, recovery and normal work are the same call. Does not know connections.

mod assignment;

pub use assignment::private_dns_name;

use crate::state::State;
use gantry_model::planted::{Bug, suffers};
use gantry_model::status::DesiredStatus;
use gantry_model::view::{Assignment, AssignmentUpdate};
use gantry_model::{NodeId, TaskId};
use imbl::OrdMap;
use imbl::ordmap::DiffItem;

/// What one session of a node was told so far.
#[derive(Debug, Default)]
pub struct NodeView {
    /// The generation that was told last; `None` before the first update.
    generation: Option<u64>,
    told: OrdMap<TaskId, DesiredStatus>,
    /// The generation that the node said it has taken over.
    applied: Option<u64>,
    /// The node was heard since it was told last, and had not taken it over.
    late: bool,
}

impl NodeView {
    /// The node has taken over a generation.
    pub fn applied(&mut self, generation: u64) {
        self.applied = self.applied.max(Some(generation));
    }

    /// The node was heard. Heard twice without having taken over what it was told, it is told everything anew: the update
    /// was lost, and no later one may come that would show it the gap.
    pub fn heard(&mut self) {
        match (self.applied < self.generation, self.late) {
            (false, _) => {}
            (true, false) => self.late = true,
            (true, true) => *self = Self::default(),
        }
    }

    /// What to tell the node, whole at first and then as a difference; `None` when nothing changed since.
    /// Cost: what changed; what did not is shared between the two views and skipped.
    pub fn update(&mut self, state: &State, node: NodeId) -> Option<AssignmentUpdate> {
        let wanted = state.assignments(node);
        let (mut put, mut remove) = (Vec::new(), Vec::new());
        for difference in self.told.diff(&wanted) {
            match difference {
                DiffItem::Add(id, _) => put.extend(build(state, *id)),
                DiffItem::Update { .. } if suffers(Bug::StopNotPublished) => {}
                DiffItem::Update { new: (id, _), .. } => put.extend(build(state, *id)),
                DiffItem::Remove(id, _) => remove.push(*id),
            }
        }
        let base = self.generation;
        if base.is_some() && put.is_empty() && remove.is_empty() {
            return None;
        }
        self.told = wanted;
        self.generation = Some(state.seq());
        self.late = false;
        Some(AssignmentUpdate { generation: state.seq(), base, put, remove })
    }
}

fn build(state: &State, id: TaskId) -> Option<Assignment> {
    assignment::build(state, state.task(id)?)
}
