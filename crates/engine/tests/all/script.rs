//! Scripts: one event a line in, the engine's actions out.
//!
//! ```text
//! assign 1 web side?      stop 1      forget 1      whole 1 2       the control plane; generations count by themselves
//! saved 1   attached 1 [no TEXT | again TEXT]   files 1 …   pulled 1 hello …   created 1 web …   started 1 web …
//! exited 1 web CODE [oom | supervisor | notstarted TEXT]     removed 1 web …   detached 1 …   filesremoved 1 …
//! wait MS                 the time passes, with a tick when the engine asked for one
//! session INSTALLATION    lease MS      restart [reboot] [1/web=created|running|CODE …]
//! ```

use crate::fixture::{number, put, task, task_id, update};
use gantry_engine::{
    Action, ContainerExit, Engine, Event, ExitCause, Failure, Found, FoundContainer, PulledImage, TaskRecord,
};
use gantry_model::status::DesiredStatus;
use gantry_model::view::{AssignedTask, AssignmentUpdate, ContainerReport, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Runs a script; every line comes back behind `> `, followed by what the engine wants done.
pub(crate) fn run(script: &str) -> String {
    let mut player = Player::default();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        writeln!(player.transcript, "> {line}").expect("a string takes every text");
        player.play(line);
    }
    player.transcript
}

#[derive(Default)]
struct Player {
    engine: Engine,
    now: NodeTime,
    generation: u64,
    tasks: BTreeMap<TaskId, Arc<AssignedTask>>,
    records: BTreeMap<TaskId, (TaskRecord, u64)>,
    wake_at: Option<NodeTime>,
    transcript: String,
}

impl Player {
    fn play(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let rest = |from: usize| words[from.min(words.len())..].join(" ");
        let event = match words[0] {
            "wait" => return self.wait(words[1].parse().expect("milliseconds")),
            "restart" => return self.restart(&words[1..]),
            "assign" => self.assign(words[1], &rest(2)),
            "stop" => self.desire(words[1], DesiredStatus::Stopped),
            "forget" => {
                let base = self.generation;
                self.update(Some(base), Vec::new(), vec![id(words[1])])
            }
            "whole" => {
                let tasks: Vec<_> = words[1..].iter().map(|word| self.tasks[&id(word)].clone()).collect();
                let put = tasks.iter().map(|task| put(task, DesiredStatus::Running)).collect();
                self.update(None, put, Vec::new())
            }
            "gap" => Event::Assignments(update(
                self.generation + 2,
                Some(self.generation + 1),
                Vec::new(),
                Vec::new(),
            )),
            "old" => Event::Assignments(update(self.generation - 1, None, Vec::new(), Vec::new())),
            "session" => Event::SessionStarted { installation: words[1].into() },
            "lease" => {
                Event::LeaseEnding { kill_by: self.now.plus_ms(words[1].parse().expect("milliseconds")) }
            }
            "saved" => Event::Saved { task: id(words[1]), revision: self.records[&id(words[1])].1 },
            verb => outcome(verb, id(words[1]), &words, &rest),
        };
        self.step(event);
    }

    fn assign(&mut self, number: &str, containers: &str) -> Event {
        let task = task(number.parse().expect("a number"), containers);
        self.tasks.insert(task.id, task);
        self.desire(number, DesiredStatus::Running)
    }

    fn desire(&mut self, number: &str, desired: DesiredStatus) -> Event {
        let base = (self.generation > 0).then_some(self.generation);
        let put = vec![put(&self.tasks[&id(number)], desired)];
        self.update(base, put, Vec::new())
    }

    fn update(
        &mut self,
        base: Option<u64>,
        put: Vec<gantry_model::view::Assignment>,
        remove: Vec<TaskId>,
    ) -> Event {
        self.generation += 1;
        Event::Assignments(AssignmentUpdate { generation: self.generation, base, put, remove })
    }

    fn wait(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
        if self.wake_at.is_some_and(|at| at <= self.now) {
            self.wake_at = None;
            self.step(Event::Tick);
        }
    }

    fn restart(&mut self, words: &[&str]) {
        let rebooted = words.contains(&"reboot");
        let before_boot = self.records.keys().filter(|_| rebooted).copied().collect();
        let node = gantry_engine::NodeRecord { generation: Some(self.generation), ..Default::default() };
        let records = self.records.values().map(|(record, _)| record.clone()).collect();
        self.engine = Engine::restore(node, records, self.now);
        self.wake_at = None;
        let found = words.iter().filter_map(|word| word.split_once('='));
        let containers = found.map(|(container, state)| found_container(container, state)).collect();
        self.step(Event::Recovered { before_boot, containers });
    }

    fn step(&mut self, event: Event) {
        for action in self.engine.step(event, self.now) {
            if let Action::Save { record, revision, .. } = &action {
                self.records.insert(record.task.id, (record.clone(), *revision));
            } else if let Action::Forget { task } = &action {
                self.records.remove(task);
            } else if let Action::WakeAt(at) = &action {
                self.wake_at = *at;
            }
            writeln!(self.transcript, "  {}", show(&action)).expect("a string takes every text");
        }
    }
}

fn id(word: &str) -> TaskId {
    task_id(word.parse().expect("a task's number"))
}

fn outcome(verb: &str, task: TaskId, words: &[&str], rest: &dyn Fn(usize) -> String) -> Event {
    let container = || words[2].to_owned();
    match verb {
        "attached" => Event::Attached { task, result: result(&rest(2)) },
        "detached" => Event::Detached { task, result: result(&rest(2)) },
        "files" => Event::FilesMade { task, result: result(&rest(2)) },
        "filesremoved" => Event::FilesRemoved { task, result: result(&rest(2)) },
        "pulled" => {
            let image = PulledImage { digest: Some(format!("sha256:{}", words[2])), stop_signal: None };
            Event::Pulled { task, image: container(), result: result(&rest(3)).map(|()| image) }
        }
        "created" => Event::Created { task, container: container(), result: result(&rest(3)) },
        "started" => Event::Started { task, container: container(), result: result(&rest(3)) },
        "removed" => Event::Removed { task, container: container(), result: result(&rest(3)) },
        "exited" => Event::Exited { task, container: container(), exit: exit(words[3], &rest(4)) },
        other => panic!("no such verb: {other}"),
    }
}

fn result(text: &str) -> Result<(), Failure> {
    match text.split_once(' ') {
        Some(("no", text)) => Err(Failure { text: text.into(), retryable: false }),
        Some(("again", text)) => Err(Failure { text: text.into(), retryable: true }),
        _ => Ok(()),
    }
}

fn exit(code: &str, how: &str) -> ContainerExit {
    let cause = match how.split_once(' ').unwrap_or((how, "")) {
        ("supervisor", _) => ExitCause::SupervisorDied,
        ("hostrestarted", _) => ExitCause::HostRestarted,
        ("notstarted", text) => ExitCause::NotStarted(text.into()),
        _ => ExitCause::Program,
    };
    ContainerExit { code: code.parse().expect("an exit code"), oom_killed: how == "oom", cause }
}

fn found_container(container: &str, state: &str) -> FoundContainer {
    let (task, container) = container.split_once('/').expect("TASK/CONTAINER");
    let found = match state {
        "created" => Found::Created,
        "running" => Found::Running,
        code => Found::Ended(exit(code, "")),
    };
    FoundContainer { task: id(task), container: container.into(), found }
}

fn show(action: &Action) -> String {
    match action {
        Action::Save { record, durable, .. } => {
            format!(
                "save {} {}{}",
                number(record.task.id),
                record.status,
                if *durable { " durably" } else { "" }
            )
        }
        Action::SaveNode(node) => format!("save node at generation {:?}", node.generation),
        Action::Applied { generation } => format!("applied {generation}"),
        Action::Resync => "resync".into(),
        Action::Attach { task } => format!("attach {}", number(*task)),
        Action::Detach { task } => format!("detach {}", number(*task)),
        Action::MakeFiles { task } => format!("make files {}", number(*task)),
        Action::RemoveFiles { task } => format!("remove files {}", number(*task)),
        Action::Pull { task, image } => format!("pull {} {image}", number(*task)),
        Action::Create { task, container } => format!("create {} {container}", number(*task)),
        Action::Start { task, container } => format!("start {} {container}", number(*task)),
        Action::Signal { task, container, signal } => {
            format!("signal {} {container} {signal}", number(*task))
        }
        Action::Kill { task, container } => format!("kill {} {container}", number(*task)),
        Action::AcknowledgeExit { task, container } => {
            format!("acknowledge exit {} {container}", number(*task))
        }
        Action::Remove { task, container } => format!("remove {} {container}", number(*task)),
        Action::Report(report) => show_report(report),
        Action::Forget { task } => format!("forget {}", number(*task)),
        Action::WakeAt(at) => at.map_or_else(|| "wake never".into(), |at| format!("wake at {}", at.0)),
    }
}

fn show_report(report: &TaskReport) -> String {
    let mut text = format!("report {} {} {}", number(report.task), report.status, report.attachment);
    report.containers.iter().for_each(|container| text.push_str(&show_container(container)));
    for (name, at) in [("started", report.started_at), ("ended", report.execution_stopped_at)] {
        text.push_str(&at.map(|at| format!(" {name}@{}", at.0)).unwrap_or_default());
    }
    text.push_str(
        &report.stop.as_ref().map(|stop| format!(" {}: {}", stop.code, stop.reason)).unwrap_or_default(),
    );
    text.push_str(if report.released { " released" } else { "" });
    text
}

fn show_container(container: &ContainerReport) -> String {
    let code = container.exit_code.map(|code| format!(" {code}")).unwrap_or_default();
    let reason = container.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
    format!(" ({}{code}{reason})", container.status)
}
