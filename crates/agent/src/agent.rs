//! The agent as its owner sees it: started, running, stopped.

use crate::board::Board;
use crate::config::{Config, NetworkFactory, Terms};
use crate::core::{Core, CoreEnd, CoreParts};
use crate::exits::Exits;
use crate::files::{FileError, make_private_folder, replace};
use crate::folders::Folders;
use crate::identity::{Identity, incarnation};
use crate::journal::Journal;
use crate::outbox::Outbox;
use crate::perform::{NodeParts, Performer, blocking};
use crate::recovery;
use crate::session::{self, Farewell, FromSession, SessionHandle};
use crate::stream::Streams;
use gantry_engine::{Event, NodeRecord};
use gantry_link::{Dialer, Hello, NodeIdentity, PROTOCOL};
use gantry_model::NodeId;
use gantry_runtime::network::Network;
use rustix::fs::{FlockOperation, flock};
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running agent. Dropping it is like killing it: tasks run on.
#[derive(Debug)]
pub struct Agent {
    node: NodeId,
    farewell: watch::Sender<Farewell>,
    task: JoinHandle<Ended>,
}

/// How an agent ended. Tasks run on in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It was stopped.
    Stopped,
    /// Another agent with this node's identity is newer.
    Superseded(String),
    /// The control plane is that of another installation, named here.
    OtherInstallation(String),
    /// It broke: a fault of the program.
    Broken,
}

/// Why there is no agent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another agent uses the folder.
    #[error("another agent uses {}", .0.display())]
    Taken(PathBuf),
    /// The folder cannot be used.
    #[error("cannot use the agent's folder")]
    Folder(#[from] FileError),
    /// Containers of an earlier run cannot be found again.
    #[error("cannot find the containers of an earlier run: {0}")]
    Recover(String),
    /// The network of tasks cannot be opened.
    #[error("cannot open the network of tasks")]
    Network(#[source] Box<dyn Error + Send + Sync>),
    /// The control plane did not take this node.
    #[error("the control plane did not take this node")]
    NoSession,
}

impl Agent {
    /// Finds the tasks of an earlier run again and begins to connect. A node that was never welcomed anywhere waits for its
    /// control plane first, because its network depends on it.
    pub async fn start(config: Config) -> Result<Agent, StartError> {
        let lock = lock(&config.data_dir)?;
        let folders = Folders::open(&config.data_dir)?;
        let mut identity = Identity::load_or_make(&folders.identity())?;
        let node = identity.node;
        let farewell = watch::Sender::new(Farewell::None);
        let outbox = Arc::new(Outbox::default());
        let hello = Hello { protocol: PROTOCOL, node: describe(&config, node), incarnation: incarnation()? };
        let Config { dialer, parts, .. } = config;
        let connect = || session::start(dialer.clone(), hello, outbox.clone(), farewell.subscribe());

        let (parts, network, exits) = NodeParts::split(parts);
        let site = Site { folders, outbox: outbox.clone(), dialer: dialer.clone(), node };
        let (core, session, terms) = match identity.terms.clone() {
            Some(terms) => {
                let core = site.recover(parts, open_network(network, &terms).await?).await?;
                (core, connect(), terms)
            }
            None => {
                let mut session = connect();
                let terms = first_terms(&mut session).await?;
                identity.terms = Some(terms.clone());
                identity.save(&site.folders.identity())?;
                let mut core = site.recover(parts, open_network(network, &terms).await?).await?;
                core.step(Event::SessionStarted { installation: terms.installation.clone() });
                (core, session, terms)
            }
        };
        let task = tokio::spawn(run(core, session, exits, terms.installation, lock));
        Ok(Agent { node, farewell, task })
    }

    /// Which node this is.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Waits for the end of the agent.
    pub async fn ended(&mut self) -> Ended {
        (&mut self.task).await.unwrap_or(Ended::Broken)
    }

    /// Says goodbye to the control plane and ends. With `restarting` the node's lease is held for a while.
    pub async fn stop(mut self, restarting: bool) -> Ended {
        self.farewell.send_replace(Farewell::Goodbye { restarting });
        self.ended().await
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    core: Core,
    mut session: SessionHandle,
    mut exits: Exits,
    installation: String,
    lock: File,
) -> Ended {
    let end = core.run(&mut session, &mut exits, &installation).await;
    drop(lock);
    match end {
        CoreEnd::Farewell => Ended::Stopped,
        CoreEnd::Superseded(text) => Ended::Superseded(text),
        CoreEnd::OtherInstallation(other) => Ended::OtherInstallation(other),
    }
}

fn describe(config: &Config, node: NodeId) -> NodeIdentity {
    NodeIdentity {
        id: node,
        name: config.name.clone(),
        capacity: config.capacity,
        cpu_architecture: config.cpu_architecture.clone(),
        zones: config.zones.clone(),
        agent_version: config.agent_version.clone(),
    }
}

/// One agent at a time: the lock goes with the process.
fn lock(data_dir: &Path) -> Result<File, StartError> {
    make_private_folder(data_dir)?;
    let path = Folders::lock(data_dir);
    let opened = OpenOptions::new().create(true).append(true).open(&path);
    let file = opened.map_err(FileError::io("open", &path))?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| StartError::Taken(data_dir.to_owned()))?;
    Ok(file)
}

/// What the first welcome says.
async fn first_terms(session: &mut SessionHandle) -> Result<Terms, StartError> {
    loop {
        match session.events.recv().await {
            Some(FromSession::Started(welcome)) => {
                return Ok(Terms { installation: welcome.installation, vpc_cidr: welcome.vpc_cidr });
            }
            Some(FromSession::Superseded(_)) | None => return Err(StartError::NoSession),
            Some(_) => {}
        }
    }
}

async fn open_network(open: NetworkFactory, terms: &Terms) -> Result<Arc<dyn Network>, StartError> {
    let terms = terms.clone();
    let opened = blocking(move || open(&terms)).await;
    opened.map_err(|failure| StartError::Network(failure.text.into()))?.map_err(StartError::Network)
}

/// What a core is placed on.
struct Site {
    folders: Folders,
    outbox: Arc<Outbox>,
    dialer: Dialer,
    node: NodeId,
}

impl Site {
    /// A core that has taken hold of everything that is there.
    async fn recover(self, parts: NodeParts, network: Arc<dyn Network>) -> Result<Core, StartError> {
        let journal = Arc::new(Journal::open(self.folders.tasks())?);
        let (engine, before_boot) = recovery::remember(&self.folders, &journal)?;
        let found = recovery::containers(parts.runtime.clone()).await;
        let found = found.map_err(|failure| StartError::Recover(failure.text))?;
        let board = Arc::new(Board::new());
        let node_record = save_node_records(self.folders.node());
        let performer = Arc::new(Performer::new(parts, network, self.folders, board.clone()));
        let streams = Streams::new(self.dialer, self.node, performer.clone());
        let parts = CoreParts {
            performer: performer.clone(),
            journal,
            outbox: self.outbox,
            board,
            streams,
            node_record,
        };
        let mut core = Core::new(engine, parts);
        recovery::take_hold(&mut core, &performer, found, before_boot).await;
        Ok(core)
    }
}

/// Writes the newest record that is put in, one at a time.
fn save_node_records(path: PathBuf) -> watch::Sender<NodeRecord> {
    let (sender, mut records) = watch::channel(NodeRecord::default());
    tokio::spawn(async move {
        while records.changed().await.is_ok() {
            let (path, text) = (path.clone(), records.borrow_and_update().to_text());
            // Without it the next session begins with the whole, which is as good.
            if let Ok(Err(error)) = blocking(move || replace(&path, &text, false)).await {
                tracing::warn!(error = crate::perform::with_causes(&error), "the generation is not saved");
            }
        }
    });
    sender
}
