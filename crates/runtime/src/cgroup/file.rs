//! Reading and writing the small files that cgroups are made of.

use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest wait for killed processes to leave: they only have to be scheduled once.
pub(super) const EMPTY_LIMIT: Duration = Duration::from_secs(5);

/// Longest wait for the kernel to let go of an emptied group.
const REMOVE_LIMIT: Duration = Duration::from_secs(1);

/// Each attempt loses only against another container's removal in the same microseconds.
const MAKE_ATTEMPTS: usize = 4;

/// Version 1 has no event for "empty" or "frozen", so these are asked for at this pace.
const PACE: Duration = Duration::from_millis(1);

/// Writes a value; the error names the file.
pub(super) fn write(dir: &Path, name: &str, value: impl AsRef<str>) -> io::Result<()> {
    let value = value.as_ref();
    let file = dir.join(name);
    let explain = |source: io::Error| {
        io::Error::new(source.kind(), format!("write {value:?} to {}: {source}", file.display()))
    };
    fs::write(&file, value).map_err(explain)
}

/// A file of one number; `max` is the largest. `None` where the kernel has no such file.
pub(super) fn number(dir: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(dir.join(name)).ok()?;
    match text.trim() {
        "max" => Some(u64::MAX),
        digits => digits.parse().ok(),
    }
}

/// A file of lines `key value`. Empty where the kernel has no such file.
pub(super) struct Table(String);

impl Table {
    pub(super) fn read(dir: &Path, name: &str) -> Table {
        Table(fs::read_to_string(dir.join(name)).unwrap_or_default())
    }

    /// Zero for a key that is not there.
    pub(super) fn get(&self, key: &str) -> u64 {
        let pairs = self.0.lines().filter_map(|line| line.split_once(' '));
        let mut found = pairs.filter(|(name, _)| *name == key).map(|(_, value)| value.trim());
        found.next_back().and_then(|value| value.parse().ok()).unwrap_or(0)
    }
}

/// Makes a group and those above it. Somebody who removes an empty one meanwhile is met again.
pub(super) fn make_dirs(dir: &Path) -> io::Result<()> {
    let absent =
        |result: &io::Result<()>| matches!(result, Err(error) if error.kind() == io::ErrorKind::NotFound);
    let mut made = fs::create_dir_all(dir);
    for _ in 1..MAKE_ATTEMPTS {
        if !absent(&made) {
            break;
        }
        made = fs::create_dir_all(dir);
    }
    made
}

/// The processes in a group; none when it is gone. A process that this one cannot see reads as 0 and is left out:
/// a signal to 0 would hit our own process group.
pub(super) fn processes(dir: &Path) -> Vec<i32> {
    let text = fs::read_to_string(dir.join("cgroup.procs")).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).filter(|pid| *pid > 0).collect()
}

/// Sends SIGKILL to each process that is in the group now.
pub(super) fn kill_each(dir: &Path) {
    for pid in processes(dir) {
        // SAFETY: sends a signal; a process that is gone meanwhile is an error that is not needed.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// Asks at a small pace until the answer is yes or the time is over.
pub(super) fn wait_until(limit: Duration, mut answer: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        if answer() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(PACE);
    }
}

/// Removes an emptied group. One that is gone is no error; busy is asked again for a moment, because the kernel lets
/// go of dead processes a little after they are reaped.
pub(super) fn remove_dir(dir: &Path) -> io::Result<()> {
    let mut last = Ok(());
    wait_until(REMOVE_LIMIT, || {
        last = fs::remove_dir(dir).or_else(absent_is_fine);
        !matches!(&last, Err(error) if error.kind() == io::ErrorKind::ResourceBusy)
    });
    last
}

/// Removes a group if nothing is in it; other groups or processes in it are no error.
pub(super) fn remove_dir_if_empty(dir: &Path) {
    // Whoever removes the last container's group removes the task's: any error means that one is left.
    let _ = fs::remove_dir(dir);
}

fn absent_is_fine(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_tables_read_as_the_kernel_writes_them() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "pids.max", "max\n").unwrap();
        write(dir.path(), "pids.current", "3\n").unwrap();
        write(dir.path(), "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n").unwrap();
        assert_eq!(number(dir.path(), "pids.max"), Some(u64::MAX));
        assert_eq!(number(dir.path(), "pids.current"), Some(3));
        assert_eq!(number(dir.path(), "absent"), None);
        let table = Table::read(dir.path(), "memory.oom_control");
        assert_eq!((table.get("oom_kill"), table.get("absent")), (2, 0));
    }
}
