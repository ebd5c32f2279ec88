//! Records of tasks on disk.
//!
//! A record is written once, under a name of its own, and never changed: `TASK.NUMBER`. The highest number that can be read
//! counts, so a record that a crash tore in half leaves the one before it in force. Older ones are deleted when a newer one
//! is written, except that the last durable one stays until a newer durable one is on the disk.
//!
//! A record begins with a line that names the boot of the machine in which it was written: whatever ran before another
//! boot runs no more.

use crate::files::{FileError, sync_folder};
use gantry_engine::TaskRecord;
use gantry_model::TaskId;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The folder of records.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    boot: String,
    files: Mutex<BTreeMap<TaskId, Files>>,
}

/// The files of one task.
#[derive(Debug, Clone, Default)]
struct Files {
    /// Numbers of those that are there.
    numbers: BTreeSet<u64>,
    /// The newest that is known to survive the host; 0 when none is.
    durable: u64,
}

/// A record that was found.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) record: TaskRecord,
    /// Whether it was written before the machine was booted.
    pub(crate) before_boot: bool,
}

/// A record that is written and may still be lost with the host.
#[derive(Debug)]
pub(crate) struct Written {
    task: TaskId,
    number: u64,
    file: File,
}

impl Journal {
    /// Opens a folder that exists.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, FileError> {
        let path = BOOT_ID.as_ref();
        let boot = fs::read_to_string(path).map_err(FileError::io("read", path))?;
        Ok(Self { folder, boot: boot.trim().to_owned(), files: Mutex::default() })
    }

    /// The newest readable record of each task. What cannot be read is said and left out.
    pub(crate) fn load(&self) -> Result<Vec<Saved>, FileError> {
        let mut found: BTreeMap<TaskId, BTreeSet<u64>> = BTreeMap::new();
        let unreadable = || FileError::io("read the folder", &self.folder);
        for entry in fs::read_dir(&self.folder).map_err(unreadable())? {
            let name = entry.map_err(unreadable())?.file_name();
            if let Some((task, number)) = name.to_str().and_then(parse_name) {
                found.entry(task).or_default().insert(number);
            }
        }
        Ok(found.into_iter().filter_map(|(task, numbers)| self.load_task(task, numbers)).collect())
    }

    fn load_task(&self, task: TaskId, numbers: BTreeSet<u64>) -> Option<Saved> {
        let saved = numbers.iter().rev().find_map(|number| self.read(task, *number));
        if saved.is_none() {
            tracing::error!(%task, "no record of a task can be read: its containers will be removed");
        }
        self.files().insert(task, Files { numbers, durable: 0 });
        saved
    }

    fn read(&self, task: TaskId, number: u64) -> Option<Saved> {
        let path = self.path(task, number);
        let text = fs::read_to_string(&path).ok()?;
        let (boot, record) = text.split_once('\n')?;
        match TaskRecord::from_text(record) {
            Ok(record) => Some(Saved { record, before_boot: boot != self.boot }),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a record is skipped");
                None
            }
        }
    }

    /// Writes a record so that it survives the agent. Records of one task are written one by one.
    pub(crate) fn write(&self, record: &TaskRecord) -> Result<Written, FileError> {
        let task = record.task.id;
        let newest = self.files().get(&task).and_then(|files| files.numbers.last().copied());
        let number = newest.unwrap_or(0) + 1;
        let path = self.path(task, number);
        let file = self.create(&path, record).map_err(FileError::io("write", &path))?;
        let mut all = self.files();
        let files = all.entry(task).or_default();
        files.numbers.insert(number);
        let durable = files.durable;
        // What lies between the durable one and this one is of no use to anybody.
        let surplus = if durable > 0 { files.take(durable + 1..number) } else { Vec::new() };
        drop(all);
        self.delete(task, &surplus);
        Ok(Written { task, number, file })
    }

    fn create(&self, path: &PathBuf, record: &TaskRecord) -> io::Result<File> {
        let text = format!("{}\n{}", self.boot, record.to_text());
        // A torn file of this name may have been left by a write that failed.
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    }

    /// Brings a record to the disk.
    pub(crate) fn sync(&self, written: &Written) -> Result<(), FileError> {
        let path = self.path(written.task, written.number);
        let sync = || {
            written.file.sync_data()?;
            sync_folder(&self.folder)
        };
        sync().map_err(FileError::io("bring to the disk", &path))?;
        let older = self.files().get_mut(&written.task).map(|files| {
            files.durable = files.durable.max(written.number);
            files.take(0..files.durable)
        });
        self.delete(written.task, &older.unwrap_or_default());
        Ok(())
    }

    /// Deletes all records of a task.
    pub(crate) fn forget(&self, task: TaskId) {
        let files = self.files().remove(&task).unwrap_or_default();
        self.delete(task, &files.numbers.into_iter().collect::<Vec<_>>());
    }

    /// A file that stays is harmless: it is older than another, or of a task that both sides have forgotten.
    fn delete(&self, task: TaskId, numbers: &[u64]) {
        for path in numbers.iter().map(|number| self.path(task, *number)) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(path = %path.display(), %error, "an old record stays");
                }
                Ok(()) | Err(_) => {}
            }
        }
    }

    fn path(&self, task: TaskId, number: u64) -> PathBuf {
        self.folder.join(format!("{task}.{number}"))
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<TaskId, Files>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    /// Strikes off the numbers of a range.
    fn take(&mut self, range: Range<u64>) -> Vec<u64> {
        let taken: Vec<u64> = self.numbers.range(range).copied().collect();
        taken.iter().for_each(|number| {
            self.numbers.remove(number);
        });
        taken
    }
}

fn parse_name(name: &str) -> Option<(TaskId, u64)> {
    let (task, number) = name.split_once('.')?;
    Some((task.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_engine::{Action, Engine, Event};
    use gantry_model::NodeTime;
    use gantry_model::status::DesiredStatus;
    use gantry_model::view::{Assignment, AssignmentUpdate};
    use std::sync::Arc;
    use tempfile::TempDir;

    fn record(desired: DesiredStatus) -> TaskRecord {
        let assignment = Assignment { task: Arc::new(crate::spec::tests::task()), desired };
        let update =
            AssignmentUpdate { generation: 1, base: None, put: vec![assignment], remove: Vec::new() };
        let mut actions = Engine::new().step(Event::Assignments(update), NodeTime(1));
        let Action::Save { record, .. } = actions.swap_remove(0) else { panic!("a new task is saved first") };
        record
    }

    fn running() -> TaskRecord {
        record(DesiredStatus::Running)
    }

    fn stopped() -> TaskRecord {
        record(DesiredStatus::Stopped)
    }

    fn open(folder: &TempDir) -> Journal {
        Journal::open(folder.path().to_owned()).unwrap()
    }

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names.iter().map(|name| name.rsplit_once('.').unwrap().1.to_owned()).collect()
    }

    fn loaded(folder: &TempDir) -> Vec<DesiredStatus> {
        open(folder).load().unwrap().iter().map(|saved| saved.record.desired).collect()
    }

    #[test]
    fn the_newest_record_counts_and_the_durable_one_stays_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&folder);
        let first = journal.write(&running()).unwrap();
        journal.write(&running()).unwrap();
        assert_eq!(names(&folder), ["1", "2"], "nothing is known to be on the disk");
        journal.sync(&first).unwrap();
        journal.write(&running()).unwrap();
        let last = journal.write(&stopped()).unwrap();
        assert_eq!(names(&folder), ["1", "4"]);
        assert_eq!(loaded(&folder), [DesiredStatus::Stopped]);
        journal.sync(&last).unwrap();
        assert_eq!(names(&folder), ["4"]);
        journal.forget(last.task);
        assert!(names(&folder).is_empty());
    }

    #[test]
    fn a_torn_record_leaves_the_one_before_it_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&folder);
        let first = journal.write(&running()).unwrap();
        journal.sync(&first).unwrap();
        let second = journal.write(&stopped()).unwrap();
        let path = journal.path(second.task, second.number);
        let length = fs::metadata(&path).unwrap().len();
        for kept in [0, 1, length / 2, length - 1] {
            File::options().write(true).open(&path).unwrap().set_len(kept).unwrap();
            assert_eq!(loaded(&folder), [DesiredStatus::Running], "{kept} bytes of {length}");
        }
        // The next one has a number of its own, and takes the place of both.
        let journal = open(&folder);
        journal.load().unwrap();
        let third = journal.write(&stopped()).unwrap();
        journal.sync(&third).unwrap();
        assert_eq!(names(&folder), ["3"]);
    }

    #[test]
    fn a_forgotten_task_leaves_no_older_record_that_could_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let before = open(&folder);
        before.write(&running()).unwrap();
        let second = before.write(&running()).unwrap();
        let journal = open(&folder);
        assert_eq!(journal.load().unwrap().len(), 1);
        journal.write(&stopped()).unwrap();
        journal.forget(second.task);
        assert!(loaded(&folder).is_empty());
    }

    #[test]
    fn records_know_their_boot() {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&folder);
        let written = journal.write(&running()).unwrap();
        assert!(!open(&folder).load().unwrap()[0].before_boot);
        let path = journal.path(written.task, written.number);
        let text = fs::read_to_string(&path).unwrap().replace(&journal.boot, "another");
        fs::write(&path, text).unwrap();
        assert!(open(&folder).load().unwrap()[0].before_boot);
    }
}
