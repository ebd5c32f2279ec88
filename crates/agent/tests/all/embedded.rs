//! Real containers of the built-in image, in a network namespace of the test's own.

use crate::control::{ControlPlane, LIMIT, Session, collect, soon, text};
use crate::node::Running;
use crate::tasks::{id, run, stop, task};
use gantry_agent::{Parts, exit_channel};
use gantry_link::{StreamFrame, StreamRequest};
use gantry_model::status::TaskStatus;
use gantry_model::view::assignment::AssignedMount;
use gantry_runtime::api::{EventSink, Found, Runtime, RuntimeError};
use gantry_runtime::embedded::{Config, Embedded};
use gantry_runtime::image::{ImageStore, NoRegistry};
use gantry_runtime::network::{Network, NetworkConfig, RoutedNetwork};
use gantry_runtime::zygote::ZygoteCommand;
use rustix::thread::{UnshareFlags, unshare_unsafe};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use tempfile::TempDir;

/// A machine with its own network, which outlives its agents.
struct Machine {
    folder: TempDir,
    cgroup: String,
    network: Arc<dyn Network>,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = thread::spawn(open_network).join().unwrap();
        // The folder's name is the machine's own.
        let name = folder.path().file_name().unwrap().to_str().unwrap().trim_start_matches('.').to_owned();
        Self { folder, cgroup: format!("gantry-agent-test-{name}"), network }
    }

    async fn start(&self, control: &mut ControlPlane) -> (Running, Session) {
        let (sink, exits) = exit_channel();
        let images = Arc::new(ImageStore::open(&self.images()).unwrap());
        let network = self.network.clone();
        let parts = Parts {
            runtime: Arc::new(self.open(sink)),
            exits,
            network: Box::new(|_| Ok(network)),
            images,
            pull: Arc::new(NoRegistry),
        };
        let dialer = control.dialer.clone();
        let starting = Running::start(self.folder.path().join("agent"), parts, &dialer);
        let (agent, session) = tokio::join!(soon("the start", starting), control.session());
        (agent.unwrap(), session)
    }

    fn images(&self) -> PathBuf {
        self.folder.path().join("images")
    }

    fn open(&self, sink: EventSink) -> Embedded {
        let zygote =
            ZygoteCommand { exe: env!("CARGO_BIN_EXE_gantry-agent-test-zygote").into(), args: Vec::new() };
        let config = Config::new(self.folder.path().join("containers"), vec![self.images()], zygote);
        Embedded::open(Config { cgroup_parent: (&self.cgroup).into(), ..config }, sink).unwrap()
    }
}

impl Drop for Machine {
    /// Nothing outlives a failed test.
    fn drop(&mut self) {
        let (sink, ends) = std::sync::mpsc::channel();
        let runtime = self.open(Box::new(move |end| drop(sink.send(end))));
        let found = runtime.recover().unwrap_or_default();
        for Found { id, .. } in found {
            let _ = runtime.kill(&id);
            while matches!(runtime.remove(&id), Err(RuntimeError::StillRunning(_))) {
                let _ = ends.recv_timeout(LIMIT);
            }
        }
        // A group that holds nothing is left by the runtime for the next task.
        let root = Path::new("/sys/fs/cgroup");
        let hierarchies = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
        for group in hierarchies.chain([root.to_owned()]).map(|hierarchy| hierarchy.join(&self.cgroup)) {
            let _ = fs::remove_dir(group);
        }
    }
}

/// In a namespace of this thread; it lives on in the network's own sockets.
fn open_network() -> Arc<dyn Network> {
    // SAFETY: the flag affects this thread's network only, and the thread ends here.
    unsafe { unshare_unsafe(UnshareFlags::NEWNET) }.expect("real containers need root");
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).status();
    assert!(up.expect("`ip` is needed: apt-get install iproute2").success());
    let config = NetworkConfig { installation: "test".into(), range: "172.31.0.0/16".parse().unwrap() };
    Arc::new(RoutedNetwork::open(config).unwrap())
}

/// What a command prints that is run in the first container.
async fn exec(control: &mut ControlPlane, session: &mut Session, command: &[&str]) -> String {
    let words = command.iter().map(|word| (*word).to_owned()).collect();
    let request = StreamRequest::Exec {
        task: id(1),
        container: "c1".into(),
        command: words,
        env: Vec::new(),
        tty: None,
    };
    let mut stream = control.stream(session, request).await;
    let frames = collect(&mut stream).await;
    assert_eq!(frames.last(), Some(&StreamFrame::Exit { code: 0 }), "{command:?} {frames:?}");
    text(&frames)
}

async fn metadata(control: &mut ControlPlane, session: &mut Session, path: &str) -> Value {
    let url = format!("http://169.254.170.2/v4/{}-1{path}", id(1));
    serde_json::from_str(&exec(control, session, &["fetch", &url]).await).unwrap()
}

#[tokio::test]
async fn a_real_task_lives_through_the_death_of_its_agent() {
    let (machine, mut control) = (Machine::new(), ControlPlane::new());
    let (agent, mut session) = machine.start(&mut control).await;
    let mut assigned = task(1, &["serve", "sleep 1000"]);
    assigned.containers[0].mounts =
        vec![AssignedMount { volume: "scratch".into(), container_path: "/data".into(), read_only: false }];
    control.assign(&session, vec![run(&assigned)]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;

    let env = exec(&mut control, &mut session, &["env"]).await;
    let uri = format!("ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/{}-1", id(1));
    assert!(env.lines().any(|line| line == uri), "{env}");
    let hosts = exec(&mut control, &mut session, &["cat", "/etc/hosts"]).await;
    assert!(hosts.contains("172.31.1.1 ip-172-31-1-1.ec2.internal"), "{hosts}");
    exec(&mut control, &mut session, &["write", "/data/note", "kept"]).await;
    assert_eq!(metadata(&mut control, &mut session, "/task").await["TaskARN"], assigned.arn);
    let stats = metadata(&mut control, &mut session, "/stats").await;
    assert!(stats["memory_stats"]["usage"].as_u64().unwrap() > 0, "{stats}");

    agent.kill().await;
    drop(session);
    let (agent, mut session) = machine.start(&mut control).await;
    control.assign(&session, vec![run(&assigned)]).await;
    session.until(id(1), "attached", |report| report.attachment.as_str() == "ATTACHED").await;
    let container = metadata(&mut control, &mut session, "").await;
    assert_eq!(container["KnownStatus"], "RUNNING");

    control.assign(&session, vec![stop(&assigned)]).await;
    let report = session.until(id(1), "released", |report| report.released).await;
    let codes: Vec<_> = report.containers.iter().map(|container| container.exit_code).collect();
    assert_eq!(codes, [Some(0), Some(143)]);
    assert!(agent.containers().is_empty());
    agent.stop(false).await;
}

#[tokio::test]
async fn real_ends_have_the_words_of_aws() {
    let (machine, mut control) = (Machine::new(), ControlPlane::new());
    let (agent, mut session) = machine.start(&mut control).await;
    let mut deaf = task(4, &["ignore-term 1000"]);
    deaf.containers[0].stop_timeout_s = 1;
    let tasks = [task(1, &["exit 3"]), task(2, &["no-such-program"]), task(3, &["eat-memory 512"]), deaf];
    control.assign(&session, tasks.iter().map(run).collect()).await;
    session.until(id(4), "running", |report| report.status == TaskStatus::Running).await;
    for (number, code, reason) in [
        (1, Some(3), None),
        (2, None, Some("CannotStartContainerError: ")),
        (3, Some(137), Some("OutOfMemoryError: Container killed due to memory usage")),
    ] {
        let report = session.until(id(number), "released", |report| report.released).await;
        let container = &report.containers[0];
        assert_eq!(container.exit_code, code, "{report:?}");
        let told = container.reason.as_deref();
        assert!(reason.is_none_or(|reason| told.is_some_and(|told| told.starts_with(reason))), "{told:?}");
        assert_eq!(reason.is_none(), told.is_none(), "{told:?}");
    }
    control.assign(&session, tasks.iter().map(stop).collect()).await;
    let report = session.until(id(4), "released", |report| report.released).await;
    assert_eq!(report.containers[0].exit_code, Some(137));
    agent.stop(false).await;
}
