//! A node: folder, fake containers, fake network. It outlives its agents.

use crate::control::{ControlPlane, soon};
use gantry_agent::{Agent, Config, Parts, StartError, exit_channel};
use gantry_link::Dialer;
use gantry_model::{Resources, TaskId};
use gantry_runtime::api::{ContainerId, Found, Runtime};
use gantry_runtime::fake::{FakeHost, FakeRuntime, Script};
use gantry_runtime::image::{ImageStore, NoRegistry};
use gantry_runtime::network::{
    AttachError, Attached, CountersError, DetachError, FakeNetwork, InterfaceCounters, ListenError, NamespaceError, Network,
    NetworkSpec, SweepError,
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

/// An agent on a node, and the runtime that it uses.
pub(crate) struct Running {
    pub(crate) agent: Agent,
    pub(crate) runtime: Arc<dyn Runtime>,
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
        let config = Config {
            data_dir: self.data(),
            dialer: dialer.clone(),
            name: "node-1".into(),
            capacity: Resources { cpu_units: 2048, memory_mib: 4096, enis: 10, gpus: 0 },
            cpu_architecture: "X86_64".into(),
            zones: Vec::new(),
            agent_version: "0.1.0".into(),
            parts,
        };
        let agent = Agent::start(config).await?;
        Ok(Running { agent, runtime })
    }

    /// An agent with its first session, whichever comes first.
    pub(crate) async fn start(&self, control: &mut ControlPlane) -> (Running, crate::control::Session) {
        let dialer = control.dialer.clone();
        let (agent, session) = tokio::join!(soon("the start", self.try_start(&dialer)), control.session());
        (agent.unwrap(), session)
    }
}

impl Running {
    /// What `kill -9` does: nothing is said, nothing is finished.
    pub(crate) async fn kill(self) {
        let Self { agent, runtime } = self;
        drop(agent);
        let gone = async {
            while Arc::strong_count(&runtime) > 1 {
                tokio::task::yield_now().await;
            }
        };
        soon("the end of the agent", gone).await;
    }

    pub(crate) fn containers(&self) -> Vec<Found> {
        self.runtime.recover().unwrap()
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
