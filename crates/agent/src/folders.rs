//! Where the agent keeps its things.
//!
//! ```text
//! DATA/lock                      held by the one agent that uses the folder
//! DATA/identity.json             who the node is
//! DATA/node.json                 the generation that was taken over
//! DATA/tasks/TASK.NUMBER         records of tasks, the highest readable number counts
//! DATA/scratch/TASK/             hosts, hostname, resolv.conf; volumes/INDEX
//! DATA/logs/TASK/CONTAINER/      output; stays when the task is gone, for as long as there is room
//! ```

use crate::files::{FileError, make_private_folder, remove_folder};
use crate::limits::ENDED_LOGS_MAX;
use gantry_model::TaskId;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The agent's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    top: PathBuf,
}

impl Folders {
    /// Makes what is missing.
    pub(crate) fn open(top: &Path) -> Result<Self, FileError> {
        let folders = Self { top: top.to_owned() };
        for folder in [folders.tasks(), folders.scratch(), folders.logs()] {
            make_private_folder(&folder)?;
        }
        Ok(folders)
    }

    /// The file that is locked before anything else in the folder is touched.
    pub(crate) fn lock(top: &Path) -> PathBuf {
        top.join("lock")
    }

    pub(crate) fn identity(&self) -> PathBuf {
        self.top.join("identity.json")
    }

    pub(crate) fn node(&self) -> PathBuf {
        self.top.join("node.json")
    }

    pub(crate) fn tasks(&self) -> PathBuf {
        self.top.join("tasks")
    }

    pub(crate) fn task_files(&self, task: TaskId) -> PathBuf {
        self.scratch().join(task.to_string())
    }

    /// A task's folder for one of its volumes. Volumes are numbered, so that no name of a user becomes a path.
    pub(crate) fn volume(&self, task: TaskId, index: usize) -> PathBuf {
        self.task_files(task).join("volumes").join(index.to_string())
    }

    pub(crate) fn task_logs(&self, task: TaskId) -> PathBuf {
        self.logs().join(task.to_string())
    }

    /// A container's output. Names of containers are letters, digits, dashes and underscores.
    pub(crate) fn container_logs(&self, task: TaskId, container: &str) -> PathBuf {
        self.task_logs(task).join(container)
    }

    /// Removes folders of tasks that are not known.
    pub(crate) fn sweep_scratch(&self, known: &BTreeSet<TaskId>) -> Result<(), FileError> {
        let strangers = tasks_in(&self.scratch())?;
        strangers
            .iter()
            .filter(|(task, _)| !known.contains(task))
            .try_for_each(|(_, path)| remove_folder(path))
    }

    /// Removes output of tasks that are not known, but for the newest.
    pub(crate) fn sweep_logs(&self, known: &BTreeSet<TaskId>) -> Result<(), FileError> {
        let mut ended: Vec<(SystemTime, PathBuf)> = tasks_in(&self.logs())?
            .into_iter()
            .filter(|(task, _)| !known.contains(task))
            .map(|(_, path)| (modified(&path), path))
            .collect();
        ended.sort_unstable();
        let surplus = ended.len().saturating_sub(ENDED_LOGS_MAX);
        ended.iter().take(surplus).try_for_each(|(_, path)| remove_folder(path))
    }

    fn scratch(&self) -> PathBuf {
        self.top.join("scratch")
    }

    fn logs(&self) -> PathBuf {
        self.top.join("logs")
    }
}

/// Folders that are named after tasks.
fn tasks_in(folder: &Path) -> Result<Vec<(TaskId, PathBuf)>, FileError> {
    let unreadable = || FileError::io("read the folder", folder);
    let mut tasks = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable())? {
        let path = entry.map_err(unreadable())?.path();
        let task = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        tasks.extend(task.map(|task| (task, path)));
    }
    Ok(tasks)
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}
