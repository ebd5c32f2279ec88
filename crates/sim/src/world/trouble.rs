//! Faults, as they happen.

use super::{Event, World};
use crate::agent::WELCOME_LIMIT_MS;
use crate::check::Violation;
use crate::fault::Trouble;
use crate::machine::ContainerName;
use crate::network::Weather;
use crate::plane::ToPlane;
use gantry_engine::{ContainerExit, Event as EngineEvent, ExitCause, Found};
use gantry_store::memory::Fault;

/// How far a wall clock jumps.
const JUMP_MS: i64 = 3_600_000;

impl World {
    pub(super) fn trouble(&mut self, trouble: Trouble) -> Result<(), Violation> {
        self.say(format!("trouble: {trouble:?}"));
        match trouble {
            Trouble::PlaneDies if self.plane.is_some() => self.plane_dies("killed"),
            Trouble::PlanePower if self.plane.is_some() => {
                let kept = self.random.between(0, self.disk.unsynced_bytes() as u64 + 1) as usize;
                self.disk.crash(kept);
                self.plane_dies("power")
            }
            Trouble::DiskFails => self.disk_fails(),
            Trouble::ClockJumps => {
                self.wall_skew_ms += if self.random.percent(50) { JUMP_MS } else { -JUMP_MS };
                Ok(())
            }
            Trouble::AgentDies(machine) => self.agent_dies_soon(machine),
            Trouble::AgentRestarts(machine) => self.agent_restarts(machine),
            Trouble::MachinePower(machine) => self.machine_power(machine),
            Trouble::CutOff(machine, ms) => self.cut_off(machine, ms),
            Trouble::ShimDies(machine) => self.shim_dies(machine),
            Trouble::Weather => {
                self.weather = Weather::storm(&mut self.random);
                Ok(())
            }
            Trouble::PlaneDies | Trouble::PlanePower => Ok(()),
        }
    }

    fn disk_fails(&mut self) -> Result<(), Violation> {
        let kept_bytes = self.random.between(0, 5_000) as usize;
        let faults = [
            Fault::NoSpace,
            Fault::Failed,
            Fault::Torn { kept_bytes },
            Fault::Torn { kept_bytes: usize::MAX },
        ];
        let fault = self.random.pick(&faults).copied();
        if let (Some(plane), Some(fault)) = (&mut self.plane, fault) {
            plane.hit_next_append(fault);
        }
        Ok(())
    }

    /// Somewhere among its next few actions, or a second from now.
    fn agent_dies_soon(&mut self, machine: usize) -> Result<(), Violation> {
        let Some(agent) = &self.agents[machine] else { return Ok(()) };
        let life = agent.life;
        let actions = self.random.between(1, 8);
        self.dying.insert(machine, actions);
        self.after(1_000, Event::AgentDies { machine, life });
        Ok(())
    }

    pub(super) fn agent_dies_if(&mut self, machine: usize, life: u64) -> Result<(), Violation> {
        if self.agents[machine].as_ref().is_some_and(|agent| agent.life == life) {
            self.agent_dies(machine, "killed");
        }
        Ok(())
    }

    /// The process ends; its machine goes on, and it is started again after a while.
    pub(super) fn agent_dies(&mut self, machine: usize, why: &str) {
        self.dying.remove(&machine);
        let Some(agent) = self.agents[machine].take() else { return };
        self.say(format!("agent {machine} dies: {why}"));
        if let Some(connection) = agent.connection {
            self.after(5, Event::Disconnected(connection));
        }
        let ms = self.random.between(20, 15_000);
        self.after(ms, Event::AgentStarts(machine));
    }

    fn agent_restarts(&mut self, machine: usize) -> Result<(), Violation> {
        if let Some(connection) = self.agents[machine].as_ref().and_then(|agent| agent.connection) {
            self.send_to_plane(machine, connection, ToPlane::Goodbye);
        }
        self.agent_dies(machine, "restarted");
        Ok(())
    }

    fn machine_power(&mut self, machine: usize) -> Result<(), Violation> {
        let running: Vec<ContainerName> = self.machines[machine].containers.keys().cloned().collect();
        self.checks.disturbed.extend(running.into_iter().map(|(task, _)| task));
        self.machines[machine].power_cut(self.now_ms);
        self.agent_dies(machine, "power");
        Ok(())
    }

    fn cut_off(&mut self, machine: usize, ms: u64) -> Result<(), Violation> {
        self.cut_until_ms[machine] = self.now_ms + ms;
        let broken = self.random.percent(50);
        let Some(agent) = self.agents[machine].as_mut().filter(|_| broken) else { return Ok(()) };
        if let Some(connection) = agent.connection.take() {
            let ms = self.random.between(1, WELCOME_LIMIT_MS);
            self.after(ms, Event::Disconnected(connection));
        }
        Ok(())
    }

    fn shim_dies(&mut self, machine: usize) -> Result<(), Violation> {
        let of = &self.machines[machine].containers;
        let running: Vec<ContainerName> = of
            .iter()
            .filter(|(_, container)| container.state == Found::Running)
            .map(|(name, _)| name.clone())
            .collect();
        let Some(name) = self.random.pick(&running).cloned() else { return Ok(()) };
        self.checks.disturbed.insert(name.0);
        let exit = ContainerExit { code: 137, oom_killed: false, cause: ExitCause::SupervisorDied };
        if let Some(container) = self.machines[machine].containers.get_mut(&name) {
            container.state = Found::Ended(exit.clone());
        }
        self.tell(machine, EngineEvent::Exited { task: name.0, container: name.1, exit });
        Ok(())
    }
}
