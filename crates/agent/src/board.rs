//! What metadata endpoints and streams see of tasks: the latest that the engine knew, whoever is busy.

use gantry_engine::TaskSeen;
use gantry_model::TaskId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Tasks of the node, to be read by anybody.
#[derive(Debug)]
pub(crate) struct Board {
    tasks: Mutex<BTreeMap<TaskId, Arc<TaskSeen>>>,
    changes: watch::Sender<()>,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self { tasks: Mutex::default(), changes: watch::Sender::new(()) }
    }

    /// Shows a task as it is now; nothing when it is forgotten.
    pub(crate) fn show(&self, task: TaskId, seen: Option<TaskSeen>) {
        match seen {
            Some(seen) => self.tasks().insert(task, Arc::new(seen)),
            None => self.tasks().remove(&task),
        };
        self.changes.send_replace(());
    }

    pub(crate) fn task(&self, task: TaskId) -> Option<Arc<TaskSeen>> {
        self.tasks().get(&task).cloned()
    }

    /// Tells of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<TaskId, Arc<TaskSeen>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
