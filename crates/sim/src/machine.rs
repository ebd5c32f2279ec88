//! A machine: what survives its agent. Containers and networks live in its kernel, records on its disk; a power cut takes the
//! kernel's part and everything on the disk that was not synced.

use gantry_engine::{ContainerExit, ExitCause, Found, FoundContainer, NodeRecord, TaskRecord};
use gantry_model::{NodeId, TaskId};
use std::collections::{BTreeMap, BTreeSet};

/// A container: its task and its name in the definition.
pub(crate) type ContainerName = (TaskId, String);

#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) id: NodeId,
    /// Counts boots: what was planned for an earlier one does not happen.
    pub(crate) boot: u64,
    pub(crate) booted_at_ms: u64,
    pub(crate) containers: BTreeMap<ContainerName, Container>,
    pub(crate) networks: BTreeSet<TaskId>,
    pub(crate) files: BTreeSet<TaskId>,
    /// Every start of a program on this machine, over all boots.
    pub(crate) starts: BTreeMap<ContainerName, u32>,
    pub(crate) disk: Disk,
}

#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(crate) state: Found,
    pub(crate) acknowledged: bool,
}

/// Records as the agent sees them, and as a power cut leaves them.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) tasks: BTreeMap<TaskId, TaskRecord>,
    pub(crate) node: Option<NodeRecord>,
    /// The boot in which a record was written last.
    boots: BTreeMap<TaskId, u64>,
    synced_tasks: BTreeMap<TaskId, TaskRecord>,
}

impl Machine {
    pub(crate) fn new(number: u8) -> Self {
        Self {
            id: NodeId([number; 16]),
            boot: 1,
            booted_at_ms: 0,
            containers: BTreeMap::new(),
            networks: BTreeSet::new(),
            files: BTreeSet::new(),
            starts: BTreeMap::new(),
            disk: Disk::default(),
        }
    }

    /// The power goes: nothing runs any more, and what was not synced is as it was when it last was.
    pub(crate) fn power_cut(&mut self, now_ms: u64) {
        self.boot += 1;
        self.booted_at_ms = now_ms;
        self.networks.clear();
        self.containers.clear();
        self.disk.tasks = self.disk.synced_tasks.clone();
    }

    /// Removes what belongs to no task that the disk knows: an agent does so before anything else.
    pub(crate) fn sweep(&mut self) {
        let known = &self.disk.tasks;
        self.containers.retain(|(task, _), _| known.contains_key(task));
        self.networks.retain(|task| known.contains_key(task));
        self.files.retain(|task| known.contains_key(task));
    }

    /// What an agent that starts finds.
    pub(crate) fn inventory(&self) -> Vec<FoundContainer> {
        let of = |((task, container), state): (&ContainerName, &Container)| FoundContainer {
            task: *task,
            container: container.clone(),
            found: state.state.clone(),
        };
        self.containers.iter().map(of).collect()
    }

    pub(crate) fn is_running(&self, name: &ContainerName) -> bool {
        self.containers.get(name).is_some_and(|container| container.state == Found::Running)
    }

    /// Ends a container that has not ended yet. True when it did.
    pub(crate) fn end(&mut self, name: &ContainerName, code: i32) -> Option<ContainerExit> {
        let container = self.containers.get_mut(name)?;
        let cause = match container.state {
            Found::Running => ExitCause::Program,
            Found::Created => ExitCause::NeverStarted,
            Found::Ended(_) => return None,
        };
        let exit = ContainerExit { code, oom_killed: false, cause };
        container.state = Found::Ended(exit.clone());
        Some(exit)
    }
}

impl Disk {
    pub(crate) fn save(&mut self, id: TaskId, record: TaskRecord, boot: u64) {
        self.tasks.insert(id, record);
        self.boots.insert(id, boot);
    }

    /// Tasks whose records are from an earlier boot.
    pub(crate) fn before_boot(&self, boot: u64) -> BTreeSet<TaskId> {
        self.tasks.keys().filter(|id| self.boots.get(id) != Some(&boot)).copied().collect()
    }

    pub(crate) fn sync(&mut self, id: TaskId) {
        if let Some(record) = self.tasks.get(&id) {
            self.synced_tasks.insert(id, record.clone());
        }
    }

    pub(crate) fn forget(&mut self, id: TaskId) {
        self.tasks.remove(&id);
        self.synced_tasks.remove(&id);
    }
}
