//! State → views: what each node should run.
//!
//! Takes in a state; gives out a node's assignments, whole or as the difference to what the node was told. A view is a
//! function of the state: start-up, recovery and normal work are the same call. Does not know connections.

mod assignment;

pub use assignment::private_dns_name;

use crate::state::State;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::Task;
use gantry_model::status::DesiredStatus;
use gantry_model::view::{Assignment, AssignmentUpdate};
use gantry_model::{NodeId, TaskId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one session of a node was told so far.
#[derive(Debug, Default)]
pub struct NodeView {
    /// The generation that was told last; `None` before the first update.
    generation: Option<u64>,
    told: BTreeMap<TaskId, DesiredStatus>,
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

    fn is_news(&self, id: TaskId, desired: DesiredStatus) -> bool {
        match self.told.get(&id) {
            None => true,
            Some(told) => *told != desired && !suffers(Bug::StopNotPublished),
        }
    }

    /// What to tell the node, whole at first and then as a difference; `None` when nothing changed since.
    /// Cost: the tasks of the node; only new or changed ones are built.
    pub fn update(&mut self, state: &State, node: NodeId) -> Option<AssignmentUpdate> {
        let wanted: BTreeMap<TaskId, DesiredStatus> =
            assigned(state, node).map(|task| (task.id, task.desired.status)).collect();
        let changed = wanted.iter().filter(|(id, desired)| self.is_news(**id, **desired));
        let put: Vec<Assignment> =
            changed.filter_map(|(id, _)| assignment::build(state, state.task(*id)?)).collect();
        let remove: Vec<TaskId> = self.told.keys().filter(|id| !wanted.contains_key(id)).copied().collect();
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

/// The tasks that a node still has something to do for.
fn assigned(state: &State, node: NodeId) -> impl Iterator<Item = &Arc<Task>> {
    state.tasks_of_node(node).filter(|task| task.holds_resources())
}
