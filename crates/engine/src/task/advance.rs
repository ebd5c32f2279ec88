//! What a task needs next. Level-triggered: it looks at the task as it is, never at what has just happened.

use super::{Image, Task};
use crate::action::Action;
use crate::container::{Container, Run, StopOrder};
use crate::limits::{ATTACH_LIMIT_MS, FILES_LIMIT_MS, PULL_LIMIT_MS};
use crate::resource::Resource;
use crate::text::{self, ContainerError};
use gantry_model::status::TaskStatus;
use gantry_model::view::Occurrence;
use gantry_model::{NodeTime, TaskId};

impl Task {
    /// Goes as far as the task can go now.
    pub(crate) fn advance(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        loop {
            self.expire(now, out);
            self.judge(now);
            self.acknowledge_exits(out);
            let next = match self.status {
                TaskStatus::Provisioning => self.provision(now, out),
                TaskStatus::Pending => self.prepare(now, out),
                TaskStatus::Activating => self.activate(now, out),
                TaskStatus::Running => self.keep_running(now, out),
                TaskStatus::Deactivating => TaskStatus::Stopping,
                TaskStatus::Stopping => self.stop_containers(now, out),
                TaskStatus::Deprovisioning => self.clean_up(now, out),
                TaskStatus::Stopped => self.release(now, out),
            };
            if next == self.status {
                return;
            }
            self.status = next;
        }
    }

    /// Gives up what takes too long.
    fn expire(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        if self.network.expire(now) {
            self.fail_to_start(text::attach_timed_out());
        }
        if self.files.expire(now) {
            self.fail_to_start(text::cannot_make_files("timed out"));
        }
        self.expire_pulls(now);
        let task = self.id();
        for (assigned, container) in self.pairs() {
            if let Some(order) = container.expire(now) {
                out.push(stop_action(order, task, &assigned.name, container));
            }
        }
    }

    fn expire_pulls(&mut self, now: NodeTime) {
        let overdue = |image: &Image| matches!(image, Image::Pulling { until } if now >= *until);
        let names: Vec<String> =
            self.images.iter().filter(|(_, image)| overdue(image)).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.fail_image(&name, &ContainerError::PullTimedOut, now);
        }
    }

    /// Whether the ends of containers end the task, and why.
    fn judge(&mut self, now: NodeTime) {
        let Some(culprit) = self.decisive_end() else { return };
        let (ended_at, why) = (culprit.facts.finished_at.unwrap_or(now), why(culprit));
        if culprit.has_run() {
            self.times.execution_stopped.get_or_insert(ended_at);
        }
        if !self.must_stop() {
            self.stop = Some(why);
        }
    }

    /// An essential container that ended, or any where none is left.
    fn decisive_end(&self) -> Option<&Container> {
        let pairs = self.assigned.containers.iter().zip(&self.containers);
        let essential = pairs.filter(|(assigned, _)| assigned.essential).map(|(_, container)| container);
        let last = self.containers.last().filter(|_| self.containers.iter().all(Container::has_ended));
        essential.into_iter().find(|container| container.has_ended()).or(last)
    }

    fn provision(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        if self.must_stop() {
            return self.give_up(now);
        }
        self.attach(now, out);
        if self.network == Resource::Ready { TaskStatus::Pending } else { TaskStatus::Provisioning }
    }

    /// Stops before RUNNING. After a restart of the agent it may have been there already, and nobody remembers.
    fn give_up(&mut self, now: NodeTime) -> TaskStatus {
        if self.has_started() {
            self.times.started.get_or_insert(now);
        }
        TaskStatus::Deactivating
    }

    fn prepare(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        if self.must_stop() {
            return self.give_up(now);
        }
        if self.files.make(now, FILES_LIMIT_MS) {
            out.push(Action::MakeFiles { task: self.id() });
        }
        self.pull(now, out);
        let settled = |image: &Image| matches!(image, Image::Pulled | Image::Failed);
        let ready = self.files == Resource::Ready && self.images.values().all(settled);
        if ready { TaskStatus::Activating } else { TaskStatus::Pending }
    }

    fn pull(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        let task = self.assigned.id;
        for (name, image) in self.images.iter_mut().filter(|(_, image)| **image == Image::Wanted) {
            *image = Image::Pulling { until: now.plus_ms(PULL_LIMIT_MS) };
            self.times.pull_started.get_or_insert(now);
            out.push(Action::Pull { task, image: name.clone() });
        }
    }

    fn activate(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        if self.has_started() {
            self.times.started.get_or_insert(now);
            return TaskStatus::Running;
        }
        if self.must_stop() {
            return TaskStatus::Deactivating;
        }
        let task = self.id();
        for (assigned, container) in self.pairs() {
            if container.create(now) {
                out.push(Action::Create { task, container: assigned.name.clone() });
            }
        }
        self.start_containers(now, out);
        TaskStatus::Activating
    }

    /// Whether all containers ran. One that ended since counts; one that is not essential may have failed.
    fn has_started(&self) -> bool {
        let mut pairs = self.assigned.containers.iter().zip(&self.containers);
        pairs.all(|(assigned, container)| {
            container.has_run() || (container.has_ended() && !assigned.essential)
        })
    }

    /// Starts all containers once each is made, or will never be. A host that stops now must not lose that they started.
    fn start_containers(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        let made = |container: &Container| container.is_created() || container.run != Run::Waiting;
        if self.journal.durable == 0 || !self.containers.iter().all(made) {
            return;
        }
        let task = self.id();
        for (assigned, container) in self.pairs().filter(|(_, container)| container.is_created()) {
            container.start(now);
            out.push(Action::Start { task, container: assigned.name.clone() });
        }
    }

    fn keep_running(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        if self.must_stop() {
            return TaskStatus::Deactivating;
        }
        // After a restart of the agent the interface must be taken hold of again.
        self.attach(now, out);
        TaskStatus::Running
    }

    fn attach(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        if self.network.make(now, ATTACH_LIMIT_MS) {
            out.push(Action::Attach { task: self.id() });
        }
    }

    /// Stops all containers side by side: none waits for a slow one.
    fn stop_containers(&mut self, now: NodeTime, out: &mut Vec<Action>) -> TaskStatus {
        let (task, kill_by) = (self.id(), self.kill_by);
        for (assigned, container) in self.pairs() {
            let timeout_at = now.plus_ms(u64::from(assigned.stop_timeout_s) * 1000);
            let kill_at = kill_by.map_or(timeout_at, |by| by.min(timeout_at));
            if let Some(order) = container.stop(now, kill_at) {
                out.push(stop_action(order, task, &assigned.name, container));
            }
        }
        if self.containers.iter().all(Container::has_ended) {
            TaskStatus::Deprovisioning
        } else {
            TaskStatus::Stopping
        }
    }
}

/// Why a task stops when this container ended.
fn why(culprit: &Container) -> Occurrence {
    let by_itself = if culprit.has_run() { text::essential_exited } else { text::never_ran };
    culprit.failure.clone().unwrap_or_else(by_itself)
}

fn stop_action(order: StopOrder, task: TaskId, name: &str, container: &Container) -> Action {
    let name = name.to_owned();
    match order {
        StopOrder::Signal => Action::Signal { task, container: name, signal: Task::stop_signal(container) },
        StopOrder::Kill => Action::Kill { task, container: name },
    }
}
