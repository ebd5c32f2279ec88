//! What is measured, a file each.

mod first_instruction;
mod idle_memory;
mod incremental_build;
mod load;
mod run_task_latency;
mod server_cpu;
mod start_up;

use crate::report::Row;
use crate::setting::Setting;
use anyhow::Result;

/// Rounds of every comparison: Gantry, peer, Gantry, peer …
const ROUNDS: usize = 5;

/// Something that can be measured.
#[derive(Debug)]
pub(crate) struct Measure {
    /// How it is called on the command line.
    pub(crate) name: &'static str,
    /// Its heading on the page of results.
    pub(crate) title: &'static str,
    /// How it is counted.
    pub(crate) how: &'static str,
    pub(crate) run: fn(&Setting) -> Result<Vec<Row>>,
}

pub(crate) static MEASURES: [Measure; 6] = [
    server_cpu::MEASURE,
    run_task_latency::MEASURE,
    start_up::MEASURE,
    idle_memory::MEASURE,
    first_instruction::MEASURE,
    incremental_build::MEASURE,
];
