//! What holds for every runtime: each check runs on the real one and on the fake.

use crate::support::{Host, LIMIT, text};
use gantry_runtime::api::{
    ContainerId, ContainerSpec, CreateError, Event, ExecError, ExecSpec, Exit, ExitReason, LogSpec, Phase,
    Runtime, RuntimeError, StartError,
};
use gantry_runtime::fake::{FakeHost, FakeRuntime, Script};
use std::fs::{self, File};
use std::io::{Read, pipe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// A runtime under test.
trait Bed {
    fn runtime(&self) -> &dyn Runtime;
    fn event(&self) -> Event;
    fn is_silent(&self) -> bool;
    /// The words are those of the helper, which the fake understands too.
    fn spec(&self, words: &[&str]) -> ContainerSpec;
    fn log_dir(&self, id: &ContainerId) -> PathBuf;
    /// Until a sleeping program obeys signals.
    fn wait_until_up(&self, id: &ContainerId);
    /// A new agent on the same host.
    fn reopen(&mut self);
}

impl Bed for Host {
    fn runtime(&self) -> &dyn Runtime {
        Host::runtime(self)
    }
    fn event(&self) -> Event {
        Host::event(self)
    }
    fn is_silent(&self) -> bool {
        Host::is_silent(self)
    }
    fn spec(&self, words: &[&str]) -> ContainerSpec {
        Host::spec(self, &[&["helper"], words].concat())
    }
    fn log_dir(&self, id: &ContainerId) -> PathBuf {
        Host::log_dir(self, id)
    }
    fn wait_until_up(&self, id: &ContainerId) {
        self.wait_for_output(id, "up");
    }
    fn reopen(&mut self) {
        Host::reopen(self);
    }
}

struct Fake {
    dir: tempfile::TempDir,
    host: Arc<FakeHost>,
    runtime: FakeRuntime,
    events: Receiver<Event>,
}

fn open(host: &Arc<FakeHost>) -> (FakeRuntime, Receiver<Event>) {
    let (sender, events) = channel();
    (FakeRuntime::open(Arc::clone(host), Box::new(move |event| drop(sender.send(event)))), events)
}

impl Fake {
    fn new() -> Fake {
        let host = FakeHost::new(Script::default());
        let (runtime, events) = open(&host);
        Fake { dir: tempfile::tempdir().unwrap(), host, runtime, events }
    }
}

impl Bed for Fake {
    fn runtime(&self) -> &dyn Runtime {
        &self.runtime
    }
    fn event(&self) -> Event {
        self.events.recv_timeout(LIMIT).expect("an event comes")
    }
    fn is_silent(&self) -> bool {
        self.events.try_recv().is_err()
    }
    fn spec(&self, words: &[&str]) -> ContainerSpec {
        let id = ContainerId::parse(&format!("{:032x}", crate::support::unique())).unwrap();
        let log = self.log_dir(&id);
        fs::create_dir(&log).unwrap();
        let args = ["helper"].iter().chain(words).map(|word| (*word).to_owned()).collect();
        ContainerSpec::new(id, "task", vec![PathBuf::from("/")], args, LogSpec::in_dir(log))
    }
    fn log_dir(&self, id: &ContainerId) -> PathBuf {
        self.dir.path().join(id.as_str())
    }
    fn wait_until_up(&self, _: &ContainerId) {}
    fn reopen(&mut self) {
        (self.runtime, self.events) = open(&self.host);
    }
}

/// Runs a check on both.
fn both(check: impl Fn(&mut dyn Bed)) {
    check(&mut Fake::new());
    check(&mut Host::new());
}

fn run(bed: &dyn Bed, words: &[&str]) -> ContainerId {
    let spec = bed.spec(words);
    let id = spec.id.clone();
    bed.runtime().create(spec).unwrap();
    bed.runtime().start(&id).unwrap();
    id
}

fn exit_of(bed: &dyn Bed, wanted: &ContainerId) -> Exit {
    let Event::Exited { id, exit } = bed.event();
    assert_eq!(id, *wanted);
    exit
}

fn phase_of(bed: &dyn Bed, wanted: &ContainerId) -> Phase {
    let found = bed.runtime().recover().unwrap();
    found.into_iter().find(|found| found.id == *wanted).expect("it is found").phase
}

#[test]
fn an_end_is_told_once_with_its_code() {
    both(|bed| {
        let id = run(bed, &["exit", "3"]);
        let exit = exit_of(bed, &id);
        assert_eq!((exit.code, exit.oom_killed, exit.reason), (3, false, None));
        assert!(bed.is_silent());
    });
}

#[test]
fn output_is_in_the_log() {
    both(|bed| {
        let id = run(bed, &["print", "hello", "there"]);
        exit_of(bed, &id);
        assert_eq!(text(&bed.log_dir(&id)), "hello there\n");
    });
}

#[test]
fn phases_follow_one_another() {
    both(|bed| {
        let spec = bed.spec(&["sleep", "1000"]);
        let id = spec.id.clone();
        bed.runtime().create(spec).unwrap();
        assert_eq!(phase_of(bed, &id), Phase::Created);
        assert!(matches!(bed.runtime().signal(&id, 15), Err(RuntimeError::NotRunning(_))));
        assert!(matches!(bed.runtime().acknowledge_exit(&id), Err(RuntimeError::StillRunning(_))));
        let started = bed.runtime().start(&id).unwrap();
        assert_eq!(phase_of(bed, &id), Phase::Running(started));
        assert!(matches!(bed.runtime().start(&id), Err(StartError::NotCreated(_))));
        assert!(matches!(bed.runtime().remove(&id), Err(RuntimeError::StillRunning(_))));
        assert!(bed.runtime().stats(&id).unwrap().pids >= 1);
        bed.runtime().kill(&id).unwrap();
        let exit = exit_of(bed, &id);
        assert_eq!((exit.code, &exit.reason), (137, &None));
        assert_eq!(phase_of(bed, &id), Phase::Ended { started: Some(started), exit, acknowledged: false });
        assert!(matches!(bed.runtime().stats(&id), Err(RuntimeError::NotRunning(_))));
        bed.runtime().kill(&id).unwrap();
        bed.runtime().acknowledge_exit(&id).unwrap();
        bed.runtime().remove(&id).unwrap();
        assert!(bed.runtime().recover().unwrap().is_empty());
    });
}

#[test]
fn a_signal_that_is_obeyed_shows_in_the_code() {
    both(|bed| {
        let id = run(bed, &["sleep", "1000"]);
        bed.wait_until_up(&id);
        bed.runtime().signal(&id, libc::SIGTERM).unwrap();
        assert_eq!(exit_of(bed, &id).code, 143);
        assert!(matches!(bed.runtime().signal(&id, 0), Err(RuntimeError::NoSuchSignal(0))));
    });
}

#[test]
fn a_program_that_is_not_there_is_told_at_the_start_and_by_no_event() {
    both(|bed| {
        let mut spec = bed.spec(&[]);
        spec.args = vec!["no-such".into()];
        let id = spec.id.clone();
        bed.runtime().create(spec).unwrap();
        let words = r#"exec: "no-such": executable file not found in $PATH"#;
        match bed.runtime().start(&id) {
            Err(StartError::Exec { message, code }) => assert_eq!((message.as_str(), code), (words, 127)),
            other => panic!("{other:?}"),
        }
        assert!(bed.is_silent());
        let Phase::Ended { started: None, exit, .. } = phase_of(bed, &id) else { panic!("it has ended") };
        assert_eq!((exit.code, exit.reason), (127, Some(ExitReason::NotStarted(words.into()))));
        bed.runtime().remove(&id).unwrap();
    });
}

#[test]
fn an_id_is_used_once_and_an_unknown_one_is_told() {
    both(|bed| {
        let id = run(bed, &["sleep", "1000"]);
        let mut twin = bed.spec(&["sleep", "1000"]);
        twin.id = id.clone();
        assert!(matches!(bed.runtime().create(twin), Err(CreateError::AlreadyExists(_))));
        let unknown = bed.spec(&["sleep", "1000"]).id;
        assert!(matches!(bed.runtime().start(&unknown), Err(StartError::NotFound(_))));
        assert!(matches!(bed.runtime().kill(&unknown), Err(RuntimeError::NotFound(_))));
        assert!(matches!(bed.runtime().stats(&unknown), Err(RuntimeError::NotFound(_))));
        bed.runtime().remove(&unknown).unwrap();
        bed.runtime().kill(&id).unwrap();
    });
}

#[test]
fn nothing_to_run_is_refused() {
    both(|bed| {
        let mut spec = bed.spec(&[]);
        spec.args.clear();
        assert_eq!(bed.runtime().create(spec).unwrap_err().to_string(), "args: no command specified");
    });
}

#[test]
fn what_never_ran_is_removed_or_told_when_it_is_killed() {
    both(|bed| {
        let (removed, killed) = (bed.spec(&["exit", "0"]), bed.spec(&["exit", "0"]));
        let (removed_id, killed_id) = (removed.id.clone(), killed.id.clone());
        bed.runtime().create(killed).unwrap();
        bed.runtime().kill(&killed_id).unwrap();
        let exit = exit_of(bed, &killed_id);
        assert_eq!((exit.code, exit.reason), (137, Some(ExitReason::NeverStarted)));
        bed.runtime().create(removed).unwrap();
        bed.runtime().remove(&removed_id).unwrap();
        assert!(bed.runtime().recover().unwrap().iter().all(|found| found.id != removed_id));
    });
}

#[test]
fn a_new_agent_finds_everything_and_hears_unacknowledged_ends_again() {
    both(|bed| {
        let ended = run(bed, &["exit", "3"]);
        exit_of(bed, &ended);
        let known = run(bed, &["exit", "4"]);
        exit_of(bed, &known);
        bed.runtime().acknowledge_exit(&known).unwrap();
        let running = run(bed, &["sleep", "1000"]);
        bed.reopen();
        assert!(matches!(phase_of(bed, &running), Phase::Running(_)));
        assert_eq!(exit_of(bed, &ended).code, 3);
        assert!(bed.is_silent());
        bed.runtime().kill(&running).unwrap();
        assert_eq!(exit_of(bed, &running).code, 137);
    });
}

#[test]
fn a_further_process_runs_and_ends() {
    both(|bed| {
        let id = run(bed, &["sleep", "1000"]);
        let exec = |words: &[&str]| {
            let (mut output, stdout) = pipe().unwrap();
            let args = words.iter().map(|word| (*word).to_owned()).collect();
            let null = || File::open("/dev/null").unwrap();
            let stdio = [null().into(), stdout.into(), null().into()];
            let handle = bed.runtime().exec(&id, ExecSpec { args, ..ExecSpec::default() }, stdio)?;
            let mut text = String::new();
            output.read_to_string(&mut text).unwrap();
            Ok::<_, ExecError>((handle.wait().unwrap(), text))
        };
        assert_eq!(exec(&["helper", "print", "hello"]).unwrap(), (0, "hello\n".into()));
        assert_eq!(exec(&["helper", "exit", "9"]).unwrap(), (9, String::new()));
        assert!(matches!(exec(&["no-such"]), Err(ExecError::Exec { code: 127, .. })));
        bed.runtime().kill(&id).unwrap();
        exit_of(bed, &id);
        assert!(matches!(exec(&["helper", "exit", "9"]), Err(ExecError::NotRunning(_))));
    });
}

#[test]
fn a_further_process_ends_by_its_signal_and_with_its_container() {
    both(|bed| {
        let id = run(bed, &["sleep", "1000"]);
        let exec = || {
            let null = || File::open("/dev/null").unwrap().into();
            let args = vec!["helper".to_owned(), "wait".to_owned()];
            bed.runtime()
                .exec(&id, ExecSpec { args, ..ExecSpec::default() }, [null(), null(), null()])
                .unwrap()
        };
        let first = exec();
        first.signal(libc::SIGTERM).unwrap();
        assert_eq!(first.wait().unwrap(), 143);
        let second = exec();
        bed.runtime().kill(&id).unwrap();
        assert_eq!(second.wait().unwrap(), 137);
    });
}
