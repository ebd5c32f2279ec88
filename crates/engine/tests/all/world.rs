//! A node without a kernel: it performs actions late and in any order (but what concerns one container one by one),
//! repeats events, and loses everything that a crash of the agent or of the host would lose.

use crate::fixture::{put, task, task_id, update};
use gantry_engine::{
    Action, ContainerExit, Engine, Event, ExitCause, Failure, Found, FoundContainer, NodeRecord, PulledImage,
    TaskRecord,
};
use gantry_model::status::DesiredStatus;
use gantry_model::view::{AssignedTask, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type ContainerKey = (TaskId, String);

/// Where the next choice comes from.
pub(crate) struct Tape {
    numbers: Vec<u32>,
    at: usize,
}

impl Tape {
    pub(crate) fn new(numbers: Vec<u32>) -> Self {
        Self { numbers, at: 0 }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.at >= self.numbers.len()
    }

    /// A number below `bound`; 0 once the tape is over.
    fn below(&mut self, bound: usize) -> usize {
        let number = self.numbers.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        number as usize % bound.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        !self.is_over() && self.below(n) == n - 1
    }
}

pub(crate) struct World {
    engine: Engine,
    now: NodeTime,
    wake_at: Option<NodeTime>,
    /// The control plane.
    generation: u64,
    wanted: BTreeMap<TaskId, (Arc<AssignedTask>, DesiredStatus)>,
    pub(crate) reports: BTreeMap<TaskId, TaskReport>,
    /// The disk: what is written, and what survives the host.
    written: BTreeMap<TaskId, TaskRecord>,
    durable: BTreeMap<TaskId, TaskRecord>,
    node: NodeRecord,
    /// The runtime and the network.
    pub(crate) containers: BTreeMap<ContainerKey, Found>,
    pub(crate) attached: BTreeSet<TaskId>,
    pub(crate) folders: BTreeSet<TaskId>,
    started: BTreeSet<ContainerKey>,
    /// What is under way.
    actions: Vec<Action>,
    events: Vec<Event>,
    /// Faults happen.
    faulty: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            engine: Engine::new(),
            now: NodeTime(1),
            wake_at: None,
            generation: 0,
            wanted: BTreeMap::new(),
            reports: BTreeMap::new(),
            written: BTreeMap::new(),
            durable: BTreeMap::new(),
            node: NodeRecord::default(),
            containers: BTreeMap::new(),
            attached: BTreeSet::new(),
            folders: BTreeSet::new(),
            started: BTreeSet::new(),
            actions: Vec::new(),
            events: Vec::new(),
            faulty: true,
        }
    }

    /// One thing happens.
    pub(crate) fn happen(&mut self, tape: &mut Tape) {
        match tape.below(24) {
            0 => self.assign_new(tape),
            1 => self.stop_one(tape),
            2 => self.tell_whole(),
            3 => self.end_one(tape),
            4 => self.pass(tape.below(40_000) as u64),
            5 if tape.one_in(4) => self.restart(tape.one_in(3)),
            6 if tape.one_in(4) => self.step(Event::LeaseEnding { kill_by: self.now.plus_ms(4000) }),
            7..=14 => self.perform_one(tape),
            _ => self.deliver_one(tape),
        }
    }

    /// No more faults: everything that is under way comes to its end, and all tasks are told to stop.
    pub(crate) fn heal(&mut self) {
        self.faulty = false;
        self.wanted.values_mut().for_each(|(_, desired)| *desired = DesiredStatus::Stopped);
        self.tell_whole();
        let mut tape = Tape::new(Vec::new());
        for _ in 0..10_000 {
            if !self.events.is_empty() {
                self.deliver_one(&mut tape);
            } else if !self.actions.is_empty() {
                self.perform_one(&mut tape);
            } else if let Some(at) = self.wake_at {
                self.pass(at.ms_since(self.now));
            } else {
                return;
            }
        }
        panic!(
            "the node does not come to rest: {:?}",
            self.engine.tasks().map(|task| task.id).collect::<Vec<_>>()
        );
    }

    /// The control plane forgets everything; so must the node.
    pub(crate) fn forget_all(&mut self) -> usize {
        self.wanted.clear();
        self.tell_whole();
        self.engine.tasks().count() + self.written.len()
    }

    fn assign_new(&mut self, tape: &mut Tape) {
        let number = self.wanted.len() as u8 + 1;
        let shapes = ["web", "a b", "web side?", "once web@2", "a:x b:y c:x?"];
        let task = task(number, shapes[tape.below(shapes.len())]);
        self.wanted.insert(task_id(number), (task, DesiredStatus::Running));
        self.tell_change(task_id(number));
    }

    fn stop_one(&mut self, tape: &mut Tape) {
        let Some(id) = pick(tape, self.wanted.keys()) else { return };
        self.wanted.get_mut(&id).expect("just picked").1 = DesiredStatus::Stopped;
        self.tell_change(id);
    }

    fn tell_change(&mut self, id: TaskId) {
        let (task, desired) = &self.wanted[&id];
        let base = Some(self.generation).filter(|generation| *generation > 0);
        self.generation += 1;
        self.events.push(Event::Assignments(update(
            self.generation,
            base,
            vec![put(task, *desired)],
            Vec::new(),
        )));
    }

    fn tell_whole(&mut self) {
        self.generation += 1;
        let all = self.wanted.values().map(|(task, desired)| put(task, *desired)).collect();
        self.step(Event::Assignments(update(self.generation, None, all, Vec::new())));
    }

    fn end_one(&mut self, tape: &mut Tape) {
        let running =
            self.containers.iter().filter(|(_, found)| **found == Found::Running).map(|(key, _)| key);
        let Some(key) = pick(tape, running) else { return };
        let code = tape.below(3) as i32;
        self.end(&key, code);
    }

    fn end(&mut self, key: &ContainerKey, code: i32) {
        let exit = ContainerExit { code, oom_killed: false, cause: ExitCause::Program };
        self.containers.insert(key.clone(), Found::Ended(exit.clone()));
        self.events.push(Event::Exited { task: key.0, container: key.1.clone(), exit });
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
        if self.wake_at.is_some_and(|at| at <= self.now) {
            self.wake_at = None;
            self.step(Event::Tick);
        }
    }

    /// The agent is killed, or the host is.
    fn restart(&mut self, host: bool) {
        self.actions.clear();
        self.events.clear();
        self.wake_at = None;
        if host {
            self.written.clone_from(&self.durable);
            self.containers.clear();
            self.attached.clear();
            // That a task was released need not survive the host: it is cleaned up, and said, once more.
            self.reports.clear();
        }
        let records = self.written.values().cloned().collect();
        self.engine = Engine::restore(self.node.clone(), records, self.now);
        let found = self.containers.iter().filter(|((task, _), _)| self.written.contains_key(task));
        let containers = found
            .map(|((task, container), found)| FoundContainer {
                task: *task,
                container: container.clone(),
                found: found.clone(),
            })
            .collect();
        let before_boot = self.written.keys().filter(|_| host).copied().collect();
        self.step(Event::Recovered { before_boot, containers });
        // A new session begins with the whole of the assignments.
        self.tell_whole();
    }

    fn deliver_one(&mut self, tape: &mut Tape) {
        if self.events.is_empty() {
            return;
        }
        let index = if self.faulty { tape.below(self.events.len()) } else { 0 };
        let event = self.events[index].clone();
        if !(self.faulty && tape.one_in(5)) {
            self.events.remove(index);
        }
        self.step(event);
    }

    fn step(&mut self, event: Event) {
        for action in self.engine.step(event, self.now) {
            match action {
                Action::Save { record, revision, durable } => {
                    self.written.insert(record.task.id, record.clone());
                    if durable {
                        self.actions.push(Action::Save { record, revision, durable });
                    }
                }
                Action::SaveNode(node) => self.node = node,
                Action::Report(report) => self.report(report),
                Action::Forget { task } => {
                    self.written.remove(&task);
                    self.durable.remove(&task);
                }
                Action::WakeAt(at) => {
                    assert!(at.is_none_or(|at| at > self.now), "a timer in the past would spin");
                    self.wake_at = at;
                }
                Action::Applied { .. } => {}
                Action::Resync => self.tell_whole_later(),
                slow @ (Action::Attach { .. }
                | Action::Detach { .. }
                | Action::MakeFiles { .. }
                | Action::RemoveFiles { .. }
                | Action::Pull { .. }
                | Action::Create { .. }
                | Action::Start { .. }
                | Action::Signal { .. }
                | Action::Kill { .. }
                | Action::AcknowledgeExit { .. }
                | Action::Remove { .. }) => self.actions.push(slow),
            }
        }
    }

    fn tell_whole_later(&mut self) {
        self.generation += 1;
        let all = self.wanted.values().map(|(task, desired)| put(task, *desired)).collect();
        self.events.push(Event::Assignments(update(self.generation, None, all, Vec::new())));
    }

    fn report(&mut self, report: TaskReport) {
        if let Some(before) = self.reports.get(&report.task) {
            assert!(!before.released || report.released, "a released task stays released: {report:?}");
        }
        if report.released {
            let held = self.containers.keys().any(|(task, _)| *task == report.task);
            assert!(!held && !self.attached.contains(&report.task), "released, but still there: {report:?}");
        }
        self.reports.insert(report.task, report);
    }

    fn perform_one(&mut self, tape: &mut Tape) {
        if self.actions.is_empty() {
            return;
        }
        let any = if self.faulty { tape.below(self.actions.len()) } else { 0 };
        let lane = lane(&self.actions[any]);
        let first = self
            .actions
            .iter()
            .position(|action| self::lane(action) == lane)
            .expect("the one that was picked");
        let action = self.actions.remove(first);
        let failure = (self.faulty && tape.one_in(8))
            .then(|| Failure { text: "fault".into(), retryable: tape.one_in(2) });
        self.perform(action, failure.map_or(Ok(()), Err), tape);
    }

    fn perform(&mut self, action: Action, result: Result<(), Failure>, tape: &mut Tape) {
        let ok = result.is_ok();
        let event = match action {
            Action::Save { record, revision, .. } => {
                let task = record.task.id;
                self.durable.insert(task, record);
                Event::Saved { task, revision }
            }
            Action::Attach { task } => {
                self.attached.extend(ok.then_some(task));
                Event::Attached { task, result }
            }
            Action::Detach { task } => {
                if ok {
                    self.attached.remove(&task);
                }
                Event::Detached { task, result }
            }
            Action::MakeFiles { task } => {
                self.folders.extend(ok.then_some(task));
                Event::FilesMade { task, result }
            }
            Action::RemoveFiles { task } => {
                if ok {
                    self.folders.remove(&task);
                }
                Event::FilesRemoved { task, result }
            }
            Action::Pull { task, image } => {
                Event::Pulled { task, image, result: result.map(|()| PulledImage::default()) }
            }
            Action::Create { task, container } => self.create((task, container), result),
            Action::Start { task, container } => self.start((task, container), result),
            Action::Signal { task, container, .. } => {
                return self.signal((task, container), 143, tape.one_in(2));
            }
            Action::Kill { task, container } => return self.signal((task, container), 137, false),
            Action::Remove { task, container } => {
                let key = (task, container);
                if ok {
                    assert!(
                        self.containers.get(&key) != Some(&Found::Running),
                        "a running container is removed"
                    );
                    self.containers.remove(&key);
                }
                Event::Removed { task, container: key.1, result }
            }
            Action::AcknowledgeExit { task, container } => return self.acknowledge((task, container)),
            other @ (Action::SaveNode(_)
            | Action::Applied { .. }
            | Action::Resync
            | Action::Report(_)
            | Action::Forget { .. }
            | Action::WakeAt(_)) => panic!("done at once: {other:?}"),
        };
        self.events.push(event);
    }

    fn create(&mut self, key: ContainerKey, result: Result<(), Failure>) -> Event {
        assert!(!self.started.contains(&key), "made again after it had been started: {key:?}");
        if result.is_ok() {
            self.containers.entry(key.clone()).or_insert(Found::Created);
        }
        Event::Created { task: key.0, container: key.1, result }
    }

    fn start(&mut self, key: ContainerKey, result: Result<(), Failure>) -> Event {
        let result = match (self.containers.get(&key), result) {
            (Some(Found::Created), Ok(())) => {
                assert!(self.durable.contains_key(&key.0), "started before it was on disk: {key:?}");
                assert!(self.started.insert(key.clone()), "started twice: {key:?}");
                self.containers.insert(key.clone(), Found::Running);
                Ok(())
            }
            (Some(Found::Created), Err(failure)) => {
                let exit = ContainerExit {
                    code: 127,
                    oom_killed: false,
                    cause: ExitCause::NotStarted("fault".into()),
                };
                self.containers.insert(key.clone(), Found::Ended(exit));
                Err(failure)
            }
            (_, _) => Err(Failure { text: "not waiting to be started".into(), retryable: false }),
        };
        Event::Started { task: key.0, container: key.1, result }
    }

    fn signal(&mut self, key: ContainerKey, code: i32, ignored: bool) {
        if !ignored && self.containers.get(&key) == Some(&Found::Running) {
            self.end(&key, code);
        }
    }

    fn acknowledge(&mut self, key: ContainerKey) {
        let record = &self.durable[&key.0];
        let index = record
            .task
            .containers
            .iter()
            .position(|container| container.name == key.1)
            .expect("its container");
        assert!(record.containers[index].ended, "acknowledged before it was on disk: {key:?}");
    }
}

/// Actions of one lane are performed in their order, as the agent does. Signals overtake.
fn lane(action: &Action) -> (u8, Option<TaskId>, String) {
    match action {
        Action::Create { task, container }
        | Action::Start { task, container }
        | Action::AcknowledgeExit { task, container }
        | Action::Remove { task, container } => (0, Some(*task), container.clone()),
        Action::Signal { task, container, .. } | Action::Kill { task, container } => {
            (1, Some(*task), container.clone())
        }
        Action::Attach { task } | Action::Detach { task } => (2, Some(*task), String::new()),
        Action::MakeFiles { task } | Action::RemoveFiles { task } => (3, Some(*task), String::new()),
        Action::Pull { task, image } => (4, Some(*task), image.clone()),
        Action::Save { record, .. } => (5, Some(record.task.id), String::new()),
        Action::SaveNode(_)
        | Action::Applied { .. }
        | Action::Resync
        | Action::Report(_)
        | Action::Forget { .. }
        | Action::WakeAt(_) => (6, None, String::new()),
    }
}

fn pick<'a, T: Clone + 'a>(tape: &mut Tape, from: impl Iterator<Item = &'a T>) -> Option<T> {
    let all: Vec<&T> = from.collect();
    let index = tape.below(all.len());
    all.get(index).map(|picked| (*picked).clone())
}
