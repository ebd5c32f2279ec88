//! A node: folder, fake containers, fake network. It outlives its agents.

use crate::control::{ControlPlane, LIMIT, soon};
use gantry_agent::{Agent, Config, Ended, Parts, StartError, exit_channel};
use gantry_link::Dialer;
use gantry_model::{NodeId, Resources, TaskId};
use gantry_runtime::api::{ContainerId, Found, Runtime};
use gantry_runtime::fake::{FakeHost, FakeRuntime, Script};
use gantry_runtime::image::{ImageStore, NoRegistry};
use gantry_runtime::network::{
    AttachError, Attached, CountersError, DetachError, FakeNetwork, InterfaceCounters, ListenError,
    NamespaceError, Network, NetworkSpec, SweepError,
};
use std::collections::BTreeSet;
use std::net::{SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub(crate) struct Node {
    pub(crate) folder: TempDir,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) network: Arc<WatchedNetwork>,
    images: Arc<ImageStore>,
}

/// An agent on a node, in a process of its own as far as threads go, and the runtime that it uses.
pub(crate) struct Running {
    agent: Option<Agent>,
    pub(crate) runtime: Arc<dyn Runtime>,
    threads: Option<tokio::runtime::Runtime>,
}

impl Node {
    pub(crate) fn new() -> Self {
        Self::with_script("{}")
    }

    pub(crate) fn with_script(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let images = Arc::new(ImageStore::open(&folder.path().join("images")).unwrap());
        let host = FakeHost::new(Script::parse(script).unwrap());
        Self { folder, host, network: Arc::default(), images }
    }

    /// The node after a boot of the machine: no containers, and records of another boot.
    pub(crate) fn booted(self) -> Self {
        for entry in std::fs::read_dir(self.data().join("tasks")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let (_, record) = text.split_once('\n').unwrap();
            std::fs::write(&path, format!("another-boot\n{record}")).unwrap();
        }
        Self { host: FakeHost::new(Script::default()), network: Arc::default(), ..self }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("agent")
    }

    pub(crate) async fn try_start(&self, dialer: &Dialer) -> Result<Running, StartError> {
        let (sink, exits) = exit_channel();
        let runtime: Arc<dyn Runtime> = Arc::new(FakeRuntime::open(self.host.clone(), sink));
        let network = self.network.clone();
        let parts = Parts {
            runtime: runtime.clone(),
            exits,
            network: Box::new(|terms| {
                assert_eq!(terms.installation, "test");
                Ok(network)
            }),
            images: self.images.clone(),
            pull: Arc::new(NoRegistry),
        };
        Running::start(self.data(), parts, dialer).await
    }

    /// An agent with its first session, whichever comes first.
    pub(crate) async fn start(&self, control: &mut ControlPlane) -> (Running, crate::control::Session) {
        let dialer = control.dialer.clone();
        let (agent, session) = tokio::join!(soon("the start", self.try_start(&dialer)), control.session());
        (agent.unwrap(), session)
    }
}

impl Running {
    pub(crate) async fn start(data_dir: PathBuf, parts: Parts, dialer: &Dialer) -> Result<Self, StartError> {
        let runtime = parts.runtime.clone();
        let config = Config {
            data_dir,
            dialer: dialer.clone(),
            name: "node-1".into(),
            capacity: Resources { cpu_units: 2048, memory_mib: 4096, enis: 10, gpus: 0 },
            cpu_architecture: "X86_64".into(),
            zones: Vec::new(),
            agent_version: "0.1.0".into(),
            parts,
        };
        let threads =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let starting = threads.spawn(Agent::start(config));
        let mut running = Self { agent: None, runtime, threads: Some(threads) };
        running.agent = Some(starting.await.unwrap()?);
        Ok(running)
    }

    /// What `kill -9` does: nothing is said, and nothing is finished but what the kernel is doing already.
    pub(crate) async fn kill(mut self) {
        let threads = self.threads.take().expect("killed once");
        let ended = tokio::task::spawn_blocking(move || threads.shutdown_timeout(LIMIT));
        soon("the end of the agent", ended).await.unwrap();
    }

    pub(crate) async fn stop(mut self, restarting: bool) -> Ended {
        let agent = self.agent.take().expect("stopped once");
        soon("the end of the agent", agent.stop(restarting)).await
    }

    pub(crate) async fn ended(&mut self) -> Ended {
        soon("the end of the agent", self.agent.as_mut().expect("it runs").ended()).await
    }

    pub(crate) fn node(&self) -> NodeId {
        self.agent.as_ref().expect("it runs").node()
    }

    pub(crate) fn containers(&self) -> Vec<Found> {
        self.runtime.recover().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

pub(crate) fn container(task: TaskId, number: usize) -> ContainerId {
    ContainerId::parse(&format!("{task}-{number}")).unwrap()
}

/// A fake network that tells where listeners are.
#[derive(Default)]
pub(crate) struct WatchedNetwork {
    inner: FakeNetwork,
    listeners: Mutex<Vec<SocketAddr>>,
}

impl WatchedNetwork {
    /// The listener that was made last.
    pub(crate) fn listener(&self) -> SocketAddr {
        *self.listeners.lock().unwrap().last().expect("a listener was made")
    }

    pub(crate) fn attached(&self) -> usize {
        self.inner.attached().len()
    }
}

impl Network for WatchedNetwork {
    fn namespace(&self) -> Result<OwnedFd, NamespaceError> {
        self.inner.namespace()
    }

    fn attach(&self, spec: &NetworkSpec, existing: Option<OwnedFd>) -> Result<Attached, AttachError> {
        self.inner.attach(spec, existing)
    }

    fn detach(&self, task: &str) -> Result<(), DetachError> {
        self.inner.detach(task)
    }

    fn listen(&self, namespace: BorrowedFd<'_>, address: SocketAddrV4) -> Result<TcpListener, ListenError> {
        let listener = self.inner.listen(namespace, address)?;
        self.listeners.lock().unwrap().push(listener.local_addr().unwrap());
        Ok(listener)
    }

    fn counters(&self, task: &str) -> Result<InterfaceCounters, CountersError> {
        self.inner.counters(task)
    }

    fn sweep(&self, known: &BTreeSet<String>) -> Result<usize, SweepError> {
        self.inner.sweep(known)
    }
}
