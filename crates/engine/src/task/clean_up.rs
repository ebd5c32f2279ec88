//! Giving everything back, once nothing runs any more.

use super::Task;
use crate::action::Action;
use crate::container::Container;
use crate::resource::Resource;
use gantry_model::NodeTime;
use gantry_model::status::TaskStatus;

impl Task {
    /// Tells the runtime which ends are safe here.
    pub(super) fn acknowledge_exits(&mut self, out: &mut Vec<Action>) {
        let (task, durable) = (self.id(), self.journal.durable);
        for (assigned, container) in self.pairs() {
            let safe = container.recorded_in.is_some_and(|revision| revision <= durable);
            if safe && container.has_run() && !container.acknowledged {
                container.acknowledged = true;
                out.push(Action::AcknowledgeExit { task, container: assigned.name.clone() });
            }
        }
    }

    pub(super) fn clean_up(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        self.remove_everything(now, out);
        let held = self.held();
        if held.iter().any(|resource| !resource.is_given_up()) {
            return TaskStatus::Deprovisioning;
        }
        self.times.stopped.get_or_insert(now);
        TaskStatus::Stopped
    }

    pub(super) fn release(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        self.remove_everything(now, out);
        self.released |= self.held().iter().all(|resource| **resource == Resource::Gone);
        TaskStatus::Stopped
    }

    /// Begins or repeats each removal. The files go last: containers may have them mounted.
    fn remove_everything(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        // What the runtime knows of an end is not given up before it is safe here.
        if self.released || !self.containers.iter().all(|container| self.is_durable(container)) {
            return;
        }
        let task = self.id();
        for (assigned, container) in self.pairs() {
            if container.hold.remove(now) {
                out.push(Action::Remove { task, container: assigned.name.clone() });
            }
        }
        if self.network.remove(now) {
            out.push(Action::Detach { task });
        }
        let removed = |container: &Container| container.hold == Resource::Gone;
        if self.containers.iter().all(removed) && self.files.remove(now) {
            out.push(Action::RemoveFiles { task });
        }
    }

    fn held(&self) -> Vec<&Resource> {
        let containers = self.containers.iter().map(|container| &container.hold);
        containers.chain([&self.network, &self.files]).collect()
    }
}
