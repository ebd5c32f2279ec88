//! What this machine offers to tasks.

use crate::limits::{ENIS_DEFAULT, RESERVED_MEMORY_MIB};
use gantry_model::Resources;
use std::io;

/// CPU units of one CPU.
const CPU_UNITS: u64 = 1024;

/// The machine did not tell what it has.
#[derive(Debug, thiserror::Error)]
pub enum CapacityError {
    /// The number of CPUs.
    #[error("cannot count the CPUs")]
    Cpus(#[source] io::Error),
    /// The size of the memory.
    #[error("cannot read /proc/meminfo")]
    Memory(#[source] io::Error),
    /// `/proc/meminfo` has an unknown form.
    #[error("/proc/meminfo does not tell MemTotal")]
    NoMemTotal,
}

/// CPUs that this process may use, the machine's memory less a reserve for the host, and interfaces.
pub fn capacity() -> Result<Resources, CapacityError> {
    let cpus = std::thread::available_parallelism().map_err(CapacityError::Cpus)?;
    let meminfo = std::fs::read_to_string("/proc/meminfo").map_err(CapacityError::Memory)?;
    let memory_mib = mem_total_mib(&meminfo).ok_or(CapacityError::NoMemTotal)?;
    Ok(Resources {
        cpu_units: cpus.get() as u64 * CPU_UNITS,
        memory_mib: memory_mib.saturating_sub(RESERVED_MEMORY_MIB),
        enis: ENIS_DEFAULT,
        gpus: 0,
    })
}

/// ECS's name for the architecture of this build.
pub fn cpu_architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "ARM64" } else { "X86_64" }
}

/// `MemTotal:       24689952 kB`.
fn mem_total_mib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_whole_mebibytes() {
        assert_eq!(mem_total_mib("MemTotal:       24689952 kB\nMemFree: 1 kB\n"), Some(24_111));
        assert_eq!(mem_total_mib("MemFree: 1 kB\n"), None);
    }

    #[test]
    fn this_machine_offers_something() {
        let capacity = capacity().unwrap();
        assert!(capacity.cpu_units >= 1024 && capacity.memory_mib > 0, "{capacity:?}");
    }
}
