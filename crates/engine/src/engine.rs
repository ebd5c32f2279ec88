//! The engine: its tasks, its timers, and which event concerns whom.

use crate::action::Action;
use crate::event::{Event, Found, FoundContainer};
use crate::record::{NodeRecord, TaskRecord};
use crate::task::{Task, TaskSeen};
use gantry_model::view::AssignedTask;
use gantry_model::{NodeTime, TaskId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Decides for all tasks of one node.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    pub(crate) node: NodeRecord,
    pub(crate) tasks: BTreeMap<TaskId, Task>,
    timers: Timers,
}

/// Which task wants to be looked at when.
#[derive(Debug, Clone, Default)]
struct Timers {
    by_time: BTreeSet<(NodeTime, TaskId)>,
    by_task: BTreeMap<TaskId, NodeTime>,
    announced: Option<NodeTime>,
}

impl Engine {
    /// A node that has never had a task.
    pub fn new() -> Self {
        Self::default()
    }

    /// A node with what it saved. It does nothing until [`Event::Recovered`] says what the runtime holds.
    pub fn restore(node: NodeRecord, tasks: Vec<TaskRecord>, now: NodeTime) -> Self {
        let tasks = tasks.into_iter().map(|record| (record.task.id, Task::restore(record, now))).collect();
        Self { node, tasks, timers: Timers::default() }
    }

    /// Takes in one event and gives out what to do about it, in order.
    pub fn step(&mut self, event: Event, now: NodeTime) -> Vec<Action> {
        let mut out = Vec::new();
        match event {
            Event::Assignments(update) => self.assign(update, now, &mut out),
            Event::SessionStarted { installation } => self.session_started(installation, now, &mut out),
            Event::LeaseEnding { kill_by } => self.lease_ends(kill_by, now, &mut out),
            Event::Recovered { before_boot, containers } => {
                self.recover(&before_boot, containers, now, &mut out)
            }
            Event::Tick => self.tick(now, &mut out),
            Event::Saved { task, revision } => self.with(task, now, &mut out, |task, _| task.saved(revision)),
            Event::Attached { task, result } => {
                self.with(task, now, &mut out, |task, out| task.attached(result, now, out));
            }
            Event::Detached { task, result } => {
                self.with(task, now, &mut out, |task, _| task.detached(result, now))
            }
            Event::FilesMade { task, result } => {
                self.with(task, now, &mut out, |task, out| task.files_made(result, now, out));
            }
            Event::FilesRemoved { task, result } => {
                self.with(task, now, &mut out, |task, _| task.files_removed(result, now));
            }
            Event::Pulled { task, image, result } => {
                self.with(task, now, &mut out, |task, _| task.pulled(&image, result, now));
            }
            Event::Created { task, container, result } => {
                self.with(task, now, &mut out, |task, out| task.created(&container, result, now, out));
            }
            Event::Started { task, container, result } => {
                self.with(task, now, &mut out, |task, _| task.started(&container, result, now));
            }
            Event::Exited { task, container, exit } => {
                self.with(task, now, &mut out, |task, _| task.exited(&container, exit, now));
            }
            Event::Removed { task, container, result } => {
                self.with(task, now, &mut out, |task, _| task.removed(&container, result, now));
            }
        }
        out.extend(self.timers.announce());
        out
    }

    /// What was assigned to a task that the node knows.
    pub fn assigned(&self, task: TaskId) -> Option<&Arc<AssignedTask>> {
        self.tasks.get(&task).map(Task::assigned)
    }

    /// What others may see of a task.
    pub fn seen(&self, task: TaskId) -> Option<TaskSeen> {
        self.tasks.get(&task).map(Task::seen)
    }

    /// All tasks that the node knows.
    pub fn tasks(&self) -> impl Iterator<Item = &Arc<AssignedTask>> {
        self.tasks.values().map(Task::assigned)
    }

    /// Merges something into one task and lets it go on. Nobody's task is nobody's concern: the news is late.
    pub(crate) fn with(
        &mut self,
        id: TaskId,
        now: NodeTime,
        out: &mut Vec<Action>,
        merge: impl FnOnce(&mut Task, &mut Vec<Action>),
    ) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let mut actions = Vec::new();
        merge(task, &mut actions);
        task.advance(now, &mut actions);
        if task.is_forgotten() {
            self.tasks.remove(&id);
            self.timers.set(id, None);
            out.push(Action::Forget { task: id });
            return;
        }
        task.conclude(actions, out);
        self.timers.set(id, task.wake(now));
    }

    pub(crate) fn for_all(
        &mut self,
        now: NodeTime,
        out: &mut Vec<Action>,
        mut merge: impl FnMut(&mut Task, &mut Vec<Action>),
    ) {
        let ids: Vec<TaskId> = self.tasks.keys().copied().collect();
        for id in ids {
            self.with(id, now, out, &mut merge);
        }
    }

    fn session_started(&mut self, installation: String, now: NodeTime, out: &mut Vec<Action>) {
        if self.node.installation.as_ref() != Some(&installation) {
            self.node = NodeRecord { installation: Some(installation), generation: None };
            out.push(Action::SaveNode(self.node.clone()));
        }
        self.for_all(now, out, |task, _| task.report_again());
    }

    fn lease_ends(&mut self, kill_by: NodeTime, now: NodeTime, out: &mut Vec<Action>) {
        let concerned = self.tasks.values().filter(|task| task.assigned().at_most_one);
        let ids: Vec<TaskId> = concerned.map(Task::id).collect();
        for id in ids {
            self.with(id, now, out, |task, _| task.lease_ends(kill_by));
        }
    }

    fn recover(
        &mut self,
        before_boot: &BTreeSet<TaskId>,
        containers: Vec<FoundContainer>,
        now: NodeTime,
        out: &mut Vec<Action>,
    ) {
        let mut found: BTreeMap<TaskId, BTreeMap<String, Found>> = BTreeMap::new();
        for FoundContainer { task, container, found: state } in containers {
            found.entry(task).or_default().insert(container, state);
        }
        let none = BTreeMap::new();
        self.for_all(now, out, |task, _| {
            let own = found.get(&task.id()).unwrap_or(&none);
            task.recover(!before_boot.contains(&task.id()), own, now);
        });
    }

    fn tick(&mut self, now: NodeTime, out: &mut Vec<Action>) {
        self.timers.announced = None;
        let due: Vec<TaskId> =
            self.timers.by_time.iter().take_while(|(at, _)| *at <= now).map(|(_, task)| *task).collect();
        for id in due {
            self.with(id, now, out, |_, _| {});
        }
    }
}

impl Timers {
    fn set(&mut self, task: TaskId, at: Option<NodeTime>) {
        let before = match at {
            Some(at) => self.by_task.insert(task, at),
            None => self.by_task.remove(&task),
        };
        if let Some(before) = before {
            self.by_time.remove(&(before, task));
        }
        self.by_time.extend(at.map(|at| (at, task)));
    }

    /// The next time, when it is another than was said last.
    fn announce(&mut self) -> Option<Action> {
        let next = self.by_time.first().map(|(at, _)| *at);
        if next == self.announced {
            return None;
        }
        self.announced = next;
        Some(Action::WakeAt(next))
    }
}
