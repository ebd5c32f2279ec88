//! What goes wrong, and when: planned from the seed, over before the end, so that the cluster can be asked to converge.

use crate::random::Random;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// The control plane's process dies; what it wrote and did not sync may stay.
    PlaneDies,
    /// The control plane's machine loses power: of what was not synced a part stays.
    PlanePower,
    /// The control plane's disk refuses, or fails in the middle of, the next write.
    DiskFails,
    /// An agent's process dies.
    AgentDies(usize),
    /// An agent's process is restarted, and says so before.
    AgentRestarts(usize),
    /// A machine loses power.
    MachinePower(usize),
    /// A machine is cut off for so many milliseconds.
    CutOff(usize, u64),
    /// A container's shim dies on some machine.
    ShimDies(usize),
    /// The control plane's wall clock jumps by an hour.
    ClockJumps,
    /// The network changes.
    Weather,
}

/// The faults of a run, by time.
pub(crate) fn plan(random: &mut Random, machines: usize, until_ms: u64) -> Vec<(u64, Trouble)> {
    let count = random.between(0, 30);
    (0..count).map(|_| (random.between(1_000, until_ms), trouble(random, machines as u64))).collect()
}

fn trouble(random: &mut Random, machines: u64) -> Trouble {
    let machine = random.between(0, machines) as usize;
    match random.between(0, 13) {
        0 => Trouble::PlaneDies,
        1 => Trouble::PlanePower,
        2 => Trouble::DiskFails,
        3 | 4 => Trouble::AgentDies(machine),
        5 => Trouble::AgentRestarts(machine),
        6 => Trouble::MachinePower(machine),
        7 | 8 => Trouble::CutOff(machine, random.between(500, 40_000)),
        9 => Trouble::ShimDies(machine),
        10 => Trouble::ClockJumps,
        _ => Trouble::Weather,
    }
}
