//! Fake containers, as the host remembers them.

use super::exec::Ending;
use super::program::Program;
use crate::api::{ContainerId, ContainerSpec, Phase, RuntimeError};
use crate::log::{LogLimits, LogWriter};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Weak;

/// Numbers of processes begin here, so that nobody takes them for real ones of the first minutes.
const FIRST_PID: u32 = 1_000_000;

/// A fake container.
pub(super) struct Container {
    pub(super) spec: ContainerSpec,
    pub(super) program: Program,
    pub(super) phase: Phase,
    /// Closed by its end.
    pub(super) log: Option<LogWriter>,
    /// Further processes, which end with it.
    pub(super) processes: Vec<Weak<Ending>>,
}

impl Container {
    /// Made, with its log open.
    pub(super) fn new(spec: ContainerSpec, program: Program) -> io::Result<Container> {
        let log = Some(open_log(&spec)?);
        Ok(Container { spec, program, phase: Phase::Created, log, processes: Vec::new() })
    }
}

/// What the host remembers.
#[derive(Default)]
pub(super) struct State {
    pub(super) containers: BTreeMap<ContainerId, Container>,
    processes: u32,
}

impl State {
    pub(super) fn find(&mut self, id: &ContainerId) -> Result<&mut Container, RuntimeError> {
        self.containers.get_mut(id).ok_or_else(|| RuntimeError::NotFound(id.clone()))
    }

    pub(super) fn new_pid(&mut self) -> u32 {
        self.processes += 1;
        FIRST_PID + self.processes
    }
}

fn open_log(spec: &ContainerSpec) -> io::Result<LogWriter> {
    let limits =
        LogLimits { segment_bytes_max: spec.log.segment_bytes_max, segments_max: spec.log.segments_max };
    LogWriter::open(File::open(&spec.log.dir)?.into(), limits)
}
