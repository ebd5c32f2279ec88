//! What the kernel counts of processes (proc(5)).

use anyhow::{Context, Result};
use std::fs;

/// A process and all its descendants that live.
pub(crate) fn tree(pid: u32) -> Vec<u32> {
    tree_until(pid, |_| false)
}

/// As [`tree`], without processes that `leave_out` chooses by their name, and what is below them.
pub(crate) fn tree_until(pid: u32, leave_out: impl Fn(&str) -> bool) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next) {
        let wanted = children(*parent).into_iter().filter(|child| !leave_out(&name(*child)));
        found.extend(wanted.collect::<Vec<_>>());
        next += 1;
    }
    found
}

/// Descendants of a process with this name.
pub(crate) fn descendants_named(pid: u32, wanted: &str) -> Vec<u32> {
    tree(pid).into_iter().filter(|pid| name(*pid) == wanted).collect()
}

/// Milliseconds of CPU, user and system, that a process with all its descendants has used; descendants that have ended are
/// counted where their parent has waited for them. The kernel counts in ticks of 10 ms.
///
/// # Errors
/// When the process itself is gone.
pub(crate) fn cpu_ms(pid: u32) -> Result<f64> {
    let own = cpu_ticks(pid).with_context(|| format!("process {pid} is gone"))?;
    let below: u64 = tree(pid).into_iter().skip(1).filter_map(cpu_ticks).sum();
    Ok((own + below) as f64 * 1_000.0 / ticks_per_second())
}

/// Resident memory of a process in MiB; none where it has ended.
pub(crate) fn resident_mib(pid: u32) -> Option<f64> {
    kib_of(&format!("/proc/{pid}/status"), "VmRSS:")
}

/// Memory of a process in MiB, with each shared page divided among those who share it; none where it has ended.
pub(crate) fn proportional_mib(pid: u32) -> Option<f64> {
    kib_of(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| numbers(&list)).collect()
}

fn numbers(list: &str) -> Vec<u32> {
    list.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

fn cpu_ticks(pid: u32) -> Option<u64> {
    ticks_of(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// utime, stime, cutime and cstime: fields 14 to 17. The name, field 2, may hold spaces and brackets.
fn ticks_of(stat: &str) -> Option<u64> {
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = behind_the_name.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum()
}

fn ticks_per_second() -> f64 {
    // SAFETY: the call takes and returns integers.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    ticks as f64
}

fn kib_of(path: &str, field: &str) -> Option<f64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};

    #[test]
    fn ticks_are_four_fields_behind_the_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 1 0 5 0 0";
        assert_eq!(ticks_of(stat), Some(11 + 22 + 33 + 44));
        assert_eq!(ticks_of("7 (short) S 1"), None);
    }

    /// A shell with a child that both live until they are dropped.
    struct Shell(Child);

    impl Shell {
        fn new() -> Self {
            let mut child = Command::new("sh")
                .args(["-c", "sleep 600 & echo; wait"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = [0];
            std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut line).unwrap();
            Self(child)
        }
    }

    impl Drop for Shell {
        fn drop(&mut self) {
            for pid in tree(self.0.id()).into_iter().rev() {
                gantry_tests::signal(pid, libc::SIGKILL);
            }
            self.0.wait().unwrap();
        }
    }

    #[test]
    fn a_tree_has_the_children_and_can_leave_them_out() {
        let shell = Shell::new();
        let pid = shell.0.id();
        let sleeping = gantry_tests::eventually("the child to be sleep", || {
            descendants_named(pid, "sleep").first().copied()
        });
        assert_eq!(tree(pid), [pid, sleeping]);
        assert_eq!(tree_until(pid, |name| name == "sleep"), [pid]);
        assert!(
            resident_mib(pid).unwrap() > 0.0 && proportional_mib(pid).unwrap() <= resident_mib(pid).unwrap()
        );
    }

    #[test]
    fn work_is_counted() {
        let own = std::process::id();
        let before = cpu_ms(own).unwrap();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while cpu_ms(own).unwrap() < before + 50.0 {
            std::hint::black_box((0..1_000_000_u64).sum::<u64>());
            assert!(std::time::Instant::now() < end, "seconds of work are not seen");
        }
    }

    #[test]
    fn a_process_that_is_gone_has_no_count() {
        assert_eq!(cpu_ms(u32::MAX - 1).unwrap_err().to_string(), "process 4294967294 is gone");
    }
}
