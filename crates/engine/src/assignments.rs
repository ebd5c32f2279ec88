//! Taking over what the control plane says to run.
//!
//! Generations make the order of updates harmless: an older one is refused, a gap is answered by asking for the whole.

use crate::action::Action;
use crate::engine::Engine;
use crate::task::Task;
use gantry_model::view::{Assignment, AssignmentUpdate};
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeSet;

impl Engine {
    pub(crate) fn assign(&mut self, update: AssignmentUpdate, now: NodeTime, out: &mut Vec<Action>) {
        let known = self.node.generation;
        if known.is_some_and(|known| update.generation <= known) {
            // An update of the generation that is known may be a question whether it arrived.
            out.extend(known.map(|generation| Action::Applied { generation }));
            return;
        }
        if update.base.is_some() && update.base != known {
            out.push(Action::Resync);
            return;
        }
        let gone = self.gone(&update);
        update.put.into_iter().for_each(|assignment| self.put(assignment, now, out));
        gone.into_iter().for_each(|task| self.with(task, now, out, |task, _| task.orphan()));
        self.node.generation = Some(update.generation);
        out.push(Action::SaveNode(self.node.clone()));
        out.push(Action::Applied { generation: update.generation });
    }

    fn put(&mut self, assignment: Assignment, now: NodeTime, out: &mut Vec<Action>) {
        let Assignment { task, desired } = assignment;
        let id = task.id;
        self.tasks.entry(id).or_insert_with(|| Task::new(task, desired));
        self.with(id, now, out, |task, _| task.want(desired));
    }

    /// Tasks that the control plane knows no more: those it says so of, and, in a whole update, those it does not name.
    fn gone(&self, update: &AssignmentUpdate) -> Vec<TaskId> {
        if update.base.is_some() {
            return update.remove.clone();
        }
        let named: BTreeSet<TaskId> = update.put.iter().map(|assignment| assignment.task.id).collect();
        self.tasks.keys().filter(|id| !named.contains(id)).copied().collect()
    }
}
