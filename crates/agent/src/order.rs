//! Which actions may begin now.
//!
//! An action of a task waits until the task's records in front of it are written. Beyond that only what concerns the same
//! thing waits for each other: one container, one network interface, one folder, one image. Signals wait for nothing: they
//! must reach a container whose start hangs, and a container must stop although the disk is full.

use gantry_engine::Action;
use gantry_model::TaskId;
use std::collections::{BTreeMap, VecDeque};

/// What an action concerns. Actions of one lane are done one by one, in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    Container(String),
    Network,
    Files,
    Image(String),
}

/// Actions that wait, by task.
#[derive(Debug, Default)]
pub(crate) struct Order {
    tasks: BTreeMap<TaskId, Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// A record is being written, and these come behind it.
    saving: bool,
    behind: VecDeque<Action>,
    /// Lanes in which something is under way, with what comes behind it.
    busy: BTreeMap<Lane, VecDeque<Action>>,
}

impl Order {
    /// One more action. Answers those that may begin now.
    pub(crate) fn push(&mut self, task: TaskId, action: Action) -> Option<Action> {
        if matches!(action, Action::Signal { .. } | Action::Kill { .. }) {
            return Some(action);
        }
        let waiting = self.tasks.entry(task).or_default();
        if waiting.saving {
            waiting.behind.push_back(action);
            return None;
        }
        waiting.admit(action)
    }

    /// The record that was being written is written.
    pub(crate) fn saved(&mut self, task: TaskId) -> Vec<Action> {
        let Some(waiting) = self.tasks.get_mut(&task) else { return Vec::new() };
        waiting.saving = false;
        let mut free = Vec::new();
        while !waiting.saving
            && let Some(action) = waiting.behind.pop_front()
        {
            free.extend(waiting.admit(action));
        }
        self.tidy(task);
        free
    }

    /// What was under way in a lane is done.
    pub(crate) fn done(&mut self, task: TaskId, lane: &Lane) -> Option<Action> {
        let waiting = self.tasks.get_mut(&task)?;
        let next = waiting.busy.get_mut(lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            waiting.busy.remove(lane);
        }
        self.tidy(task);
        next
    }

    fn tidy(&mut self, task: TaskId) {
        if self.tasks.get(&task).is_some_and(Waiting::is_idle) {
            self.tasks.remove(&task);
        }
    }
}

impl Waiting {
    fn admit(&mut self, action: Action) -> Option<Action> {
        if matches!(action, Action::Save { .. }) {
            self.saving = true;
            return Some(action);
        }
        let Some(lane) = lane(&action) else { return Some(action) };
        if let Some(behind) = self.busy.get_mut(&lane) {
            behind.push_back(action);
            return None;
        }
        self.busy.insert(lane, VecDeque::new());
        Some(action)
    }

    fn is_idle(&self) -> bool {
        !self.saving && self.busy.is_empty()
    }
}

/// The lane of an action; none for those that wait for no other.
pub(crate) fn lane(action: &Action) -> Option<Lane> {
    match action {
        Action::Create { container, .. }
        | Action::Start { container, .. }
        | Action::AcknowledgeExit { container, .. }
        | Action::Remove { container, .. } => Some(Lane::Container(container.clone())),
        Action::Attach { .. } | Action::Detach { .. } => Some(Lane::Network),
        Action::MakeFiles { .. } | Action::RemoveFiles { .. } => Some(Lane::Files),
        Action::Pull { image, .. } => Some(Lane::Image(image.clone())),
        Action::Save { .. }
        | Action::SaveNode(_)
        | Action::Applied { .. }
        | Action::Resync
        | Action::Signal { .. }
        | Action::Kill { .. }
        | Action::Report(_)
        | Action::Forget { .. }
        | Action::WakeAt(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_engine::{Engine, Event};
    use gantry_model::NodeTime;
    use gantry_model::status::DesiredStatus;
    use gantry_model::view::{Assignment, AssignmentUpdate};
    use std::sync::Arc;

    const TASK: TaskId = TaskId([1; 16]);

    fn create(container: &str) -> Action {
        Action::Create { task: TASK, container: container.into() }
    }

    fn start(container: &str) -> Action {
        Action::Start { task: TASK, container: container.into() }
    }

    fn save() -> Action {
        let assignment =
            Assignment { task: Arc::new(crate::spec::tests::task()), desired: DesiredStatus::Running };
        let update =
            AssignmentUpdate { generation: 1, base: None, put: vec![assignment], remove: Vec::new() };
        Engine::new().step(Event::Assignments(update), NodeTime(1)).swap_remove(0)
    }

    fn kill(container: &str) -> Action {
        Action::Kill { task: TASK, container: container.into() }
    }

    #[test]
    fn nothing_but_a_signal_overtakes_a_record() {
        let mut order = Order::default();
        assert_eq!(order.push(TASK, save()), Some(save()));
        assert_eq!(order.push(TASK, create("a")), None);
        assert_eq!(order.push(TASK, save()), None);
        assert_eq!(order.push(TASK, create("b")), None);
        assert_eq!(order.push(TASK, kill("a")), Some(kill("a")));
        assert_eq!(order.saved(TASK), [create("a"), save()]);
        assert_eq!(order.saved(TASK), [create("b")]);
    }

    #[test]
    fn one_container_waits_for_itself_and_no_other() {
        let mut order = Order::default();
        assert_eq!(order.push(TASK, create("a")), Some(create("a")));
        assert_eq!(order.push(TASK, start("a")), None);
        assert_eq!(order.push(TASK, create("b")), Some(create("b")));
        assert_eq!(order.push(TASK, kill("a")), Some(kill("a")));
        let lane = Lane::Container("a".into());
        assert_eq!(order.done(TASK, &lane), Some(start("a")));
        assert_eq!(order.done(TASK, &lane), None);
        assert_eq!(order.done(TASK, &Lane::Container("b".into())), None);
        assert!(order.tasks.is_empty(), "{order:?}");
    }
}
