//! What Fargate can run: the sizes, and whether a task definition fits.
//! Source: "Task CPU and memory" in the Amazon ECS developer guide.

use crate::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use crate::status::NetworkMode;

/// The platform version of Linux tasks; `LATEST` means it. Earlier ones were retired on 2026-06-15.
pub const PLATFORM_VERSION: &str = "1.4.0";

/// Sizes with a common CPU value.
struct Row {
    cpu_units: u32,
    memory_mib_min: u32,
    memory_mib_max: u32,
    step_mib: u32,
}

const fn row(cpu_units: u32, memory_mib_min: u32, memory_mib_max: u32, step_mib: u32) -> Row {
    Row { cpu_units, memory_mib_min, memory_mib_max, step_mib }
}

const SIZES: [Row; 8] = [
    row(256, 1024, 2048, 1024),
    row(512, 1024, 4096, 1024),
    row(1024, 2048, 8192, 1024),
    row(2048, 4096, 16384, 1024),
    row(4096, 8192, 30720, 1024),
    row(8192, 16384, 61440, 4096),
    row(16384, 32768, 122_880, 8192),
    row(32768, 61440, 122_880, 61440),
];

/// Sizes outside the steps of their row.
const ODD_SIZES: [(u32, u32); 2] = [(256, 512), (32768, 249_856)];

/// Whether Fargate has this size.
pub fn is_size(cpu_units: u32, memory_mib: u32) -> bool {
    let in_row = |row: &Row| {
        row.cpu_units == cpu_units
            && (row.memory_mib_min..=row.memory_mib_max).contains(&memory_mib)
            && (memory_mib - row.memory_mib_min).is_multiple_of(row.step_mib)
    };
    ODD_SIZES.contains(&(cpu_units, memory_mib)) || SIZES.iter().any(in_row)
}

/// Whether Fargate has any size with this CPU value.
pub fn is_cpu(cpu_units: u32) -> bool {
    SIZES.iter().any(|row| row.cpu_units == cpu_units)
}

/// The longest `stopTimeout` of a container, in seconds.
pub const STOP_TIMEOUT_S_MAX: i32 = 120;

/// Whether a definition can run on Fargate: network mode awsvpc, one of the sizes, and no container that takes longer to stop
/// than Fargate waits.
pub fn supports(content: &TaskDefinitionContent) -> bool {
    let is_slow = |container: &ContainerDefinition| {
        container.stop_timeout.is_some_and(|seconds| seconds > STOP_TIMEOUT_S_MAX)
    };
    let size = content.cpu_units.zip(content.memory_mib);
    content.network_mode == Some(NetworkMode::Awsvpc)
        && size.is_some_and(|(cpu, memory)| is_size(cpu, memory))
        && !content.containers.iter().any(is_slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_where_aws_ends_it() {
        for (cpu, memory) in
            [(256, 512), (256, 2048), (1024, 8192), (8192, 20480), (32768, 61440), (32768, 249_856)]
        {
            assert!(is_size(cpu, memory), "{cpu} {memory}");
        }
        for (cpu, memory) in
            [(256, 3072), (512, 512), (8192, 17408), (16384, 36864), (32768, 65536), (128, 512)]
        {
            assert!(!is_size(cpu, memory), "{cpu} {memory}");
        }
    }
}
