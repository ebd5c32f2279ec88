//! What must hold, checked from outside: against everything that was made durable and everything that was acknowledged.

use crate::client::Clients;
use crate::machine::{ContainerName, Machine};
use gantry_engine::Found;
use gantry_model::change::{Change, JournalEntry};
use gantry_model::record::{NodeStatus, Record, RecordKey, Task};
use gantry_model::status::{ContainerStatus, DesiredStatus, StopCode, TaskStatus};
use gantry_model::{TaskId, Timestamp};
use gantry_orchestrator::command::Reply;
use gantry_orchestrator::invariants;
use gantry_orchestrator::state::State;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The first thing that must not be.
pub(crate) type Violation = String;

/// The invariants cost the whole state: they are checked on one in so many, and on the last.
const FULL_CHECK_EVERY: u64 = 16;

/// What the checks remember of a run.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    durable: BTreeMap<RecordKey, Record>,
    /// Tasks that were durable once: an answer may name one that is forgotten in the same commit.
    ever_durable: BTreeSet<TaskId>,
    durable_seq: u64,
    last_at: Timestamp,
    seen: BTreeMap<TaskId, Arc<Task>>,
    states_shown: u64,
    /// Tasks whose containers something else than their own program ended.
    pub(crate) disturbed: BTreeSet<TaskId>,
}

impl Checks {
    /// The last entry that is known to be durable.
    pub(crate) fn durable_seq(&self) -> u64 {
        self.durable_seq
    }

    /// Entries became durable.
    pub(crate) fn committed(&mut self, entries: &[JournalEntry]) -> Result<(), Violation> {
        for entry in entries {
            if entry.seq != self.durable_seq + 1 {
                return Err(format!("entry {} follows entry {}", entry.seq, self.durable_seq));
            }
            if entry.at < self.last_at {
                return Err(format!("entry {} is older than the one before it: time went back", entry.seq));
            }
            (self.durable_seq, self.last_at) = (entry.seq, entry.at);
            entry.steps.iter().flat_map(|step| &step.changes).for_each(|change| self.apply(change));
        }
        Ok(())
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => {
                if let Record::Task(task) = record {
                    self.ever_durable.insert(task.id);
                }
                self.durable.insert(record.key(), record.clone());
            }
            Change::Delete(key) => drop(self.durable.remove(key)),
        }
    }

    /// A control plane has started on what its disk held.
    pub(crate) fn restarted(&mut self, seq: u64, entries: &[JournalEntry]) -> Result<(), Violation> {
        if seq < self.durable_seq {
            return Err(format!("the store came back with entry {seq}, {} was durable", self.durable_seq));
        }
        self.committed(entries)
    }

    /// Readers see a state.
    pub(crate) fn shown(&mut self, state: &State) -> Result<(), Violation> {
        self.states_shown += 1;
        if self.states_shown.is_multiple_of(FULL_CHECK_EVERY) {
            holds(state)?;
        }
        if state.seq() > self.durable_seq {
            return Err(format!("entry {} is shown, entry {} is durable", state.seq(), self.durable_seq));
        }
        for task in state.tasks() {
            if self.seen.get(&task.id).is_some_and(|seen| Arc::ptr_eq(seen, task)) {
                continue;
            }
            if self.durable.get(&RecordKey::Task(task.id)) != Some(&Record::Task(task.clone())) {
                return Err(format!("task {} is shown as it is not stored", task.id));
            }
            if let Some(before) = self.seen.insert(task.id, task.clone()) {
                forward(&before, task)?;
            }
        }
        Ok(())
    }

    /// A client is answered.
    pub(crate) fn answered(&self, reply: &Reply) -> Result<(), Violation> {
        let Reply::Tasks { tasks, .. } = reply else { return Ok(()) };
        let missing = tasks.iter().find(|task| !self.ever_durable.contains(&task.id));
        missing.map_or(Ok(()), |task| Err(format!("task {} was acknowledged before it was durable", task.id)))
    }

    /// A program was executed: a second time on one boot is one too many, and for a task that may not run twice on any.
    pub(crate) fn started(&self, task: TaskId, times: u32) -> Result<(), Violation> {
        if times > 1 { Err(format!("a container of task {task} was started {times} times")) } else { Ok(()) }
    }

    /// What the machines hold fits what is shown. What the control plane gave up may run on where it is cut off, unless it may
    /// never run twice; `watched` are the machines whose agents have lived through the whole lease: a dead agent stops
    /// nothing. A task that is shown as released is held by nobody, whose address it might be by now.
    pub(crate) fn machines(
        &self,
        state: &State,
        machines: &[Machine],
        watched: &[bool],
    ) -> Result<(), Violation> {
        for (machine, (task, container)) in running(machines, watched) {
            let at_most_one =
                |task: &&Arc<Task>| task.spec.at_most_one && task.observed.status == TaskStatus::Stopped;
            if state.task(*task).filter(at_most_one).is_some() {
                return Err(format!(
                    "{container} of at-most-one task {task} runs on {} after it was given up",
                    machine.id
                ));
            }
        }
        let networks = machines.iter().flat_map(|machine| &machine.networks);
        let released = |id: &&TaskId| state.task(**id).is_some_and(|task| !task.holds_resources());
        networks.copied().collect::<BTreeSet<_>>().iter().find(released).map_or(Ok(()), |id| {
            Err(format!("task {id} is shown as released and a machine still has its network"))
        })
    }

    /// Faults are over and time has passed: everything is as it should be. A task may have been forgotten once it stopped:
    /// a control plane that starts on a clock that jumped takes it that an hour has passed.
    pub(crate) fn converged(
        &self,
        state: &State,
        machines: &[Machine],
        clients: &Clients,
    ) -> Result<(), Violation> {
        holds(state)?;
        clients.doubled.clone().map_or(Ok(()), Err)?;
        for id in &clients.acknowledged {
            let forgotten = self.seen.get(id).is_some_and(|task| task.observed.status == TaskStatus::Stopped);
            if state.task(*id).is_none() && !forgotten {
                return Err(format!("acknowledged task {id} is gone"));
            }
        }
        for key in &clients.clusters {
            state.cluster(key).ok_or(format!("acknowledged cluster {} is gone", key.name))?;
        }
        for id in &clients.stopped {
            let stopped = state.task(*id).is_none_or(|task| task.desired.status == DesiredStatus::Stopped);
            if !stopped {
                return Err(format!("the acknowledged StopTask of {id} is gone"));
            }
        }
        if let Some(node) = state.nodes().find(|node| node.status != NodeStatus::Active) {
            return Err(format!("node {} did not come back", node.id));
        }
        state.tasks().try_for_each(|task| self.at_rest(task, machines))?;
        machines.iter().try_for_each(|machine| nothing_is_left_over(state, machine))
    }

    fn at_rest(&self, task: &Task, machines: &[Machine]) -> Result<(), Violation> {
        let id = task.id;
        match task.desired.status {
            DesiredStatus::Stopped
                if task.observed.status == TaskStatus::Stopped && task.observed.released =>
            {
                self.ended_as_it_should(task)
            }
            DesiredStatus::Stopped => {
                Err(format!("task {id} is {} and should be released", task.observed.status))
            }
            DesiredStatus::Running => {
                let machine = machines.iter().find(|machine| machine.id == task.spec.node);
                let runs = machine.is_some_and(|machine| machine.is_running(&(id, "c0".to_owned())));
                let seen = task.observed.status == TaskStatus::Running;
                if runs && seen {
                    Ok(())
                } else {
                    Err(format!("task {id} is {} and runs: {runs}", task.observed.status))
                }
            }
        }
    }

    fn ended_as_it_should(&self, task: &Task) -> Result<(), Violation> {
        let first = task.observed.containers.first();
        if first.is_some_and(|container| container.status != ContainerStatus::Stopped) {
            return Err(format!("task {} is STOPPED and its first container is not", task.id));
        }
        let expected = match task.spec.definition.family.as_str() {
            "exit-0" => Some(0),
            "exit-3" => Some(3),
            _ => None,
        };
        let by_itself = task.desired.stop_code == Some(StopCode::EssentialContainerExited)
            && !self.disturbed.contains(&task.id);
        let code = first.and_then(|container| container.exit_code);
        if by_itself && expected.is_some() && code != expected {
            return Err(format!("task {} ended with {code:?}, its program with {expected:?}", task.id));
        }
        Ok(())
    }
}

fn holds(state: &State) -> Result<(), Violation> {
    invariants::check(state).map_err(|violation| violation.to_string())
}

/// From one state of a task to a later one.
fn forward(before: &Task, after: &Task) -> Result<(), Violation> {
    let (was, is, id) = (&before.observed, &after.observed, after.id);
    if is.status < was.status || is.attachment < was.attachment {
        return Err(format!("task {id} went back from {} to {}", was.status, is.status));
    }
    if after.desired.status < before.desired.status {
        return Err(format!("task {id} is to run again"));
    }
    if before.spec != after.spec {
        return Err(format!("what was asked of task {id} changed"));
    }
    let times = |o: &gantry_model::record::task::Observed| {
        [o.pull_started_at, o.pull_stopped_at, o.started_at, o.execution_stopped_at, o.stopped_at]
    };
    if times(was).into_iter().zip(times(is)).any(|(was, is)| was.is_some() && was != is) {
        return Err(format!("a time stamp of task {id} changed"));
    }
    if !times(is).into_iter().flatten().is_sorted() {
        return Err(format!("the time stamps of task {id} are out of order"));
    }
    let ended = was
        .containers
        .iter()
        .zip(&is.containers)
        .find(|(was, is)| was.exit_code.is_some() && was.exit_code != is.exit_code);
    ended.map_or(Ok(()), |(was, is)| {
        Err(format!("an exit code of task {id} changed from {:?} to {:?}", was.exit_code, is.exit_code))
    })
}

fn running<'a>(
    machines: &'a [Machine],
    watched: &[bool],
) -> impl Iterator<Item = (&'a Machine, &'a ContainerName)> {
    let watched = machines.iter().zip(watched).filter(|(_, watched)| **watched).map(|(machine, _)| machine);
    watched.flat_map(|machine| {
        let runs = machine.containers.iter().filter(|(_, container)| container.state == Found::Running);
        runs.map(move |(name, _)| (machine, name))
    })
}

fn nothing_is_left_over(state: &State, machine: &Machine) -> Result<(), Violation> {
    let wanted = |id: &TaskId| {
        state.task(*id).is_some_and(|task| task.holds_resources() && task.spec.node == machine.id)
    };
    let held = machine.containers.keys().map(|(task, _)| task).chain(&machine.networks).chain(&machine.files);
    for id in held {
        if !wanted(id) {
            return Err(format!("machine {} still holds something of task {id}", machine.id));
        }
    }
    Ok(())
}
