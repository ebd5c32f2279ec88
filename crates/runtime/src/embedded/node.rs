//! What the runtime remembers while it runs, and how its parts reach each other.

use super::{Config, OpenError};
use crate::api::{ContainerId, Event, EventSink, Exit, Phase, RuntimeError, Started};
use crate::cgroup::{Group, Tree};
use crate::sys::channel::Channel;
use crate::sys::pidfd;
use crate::zygote::{Order, Zygote, ZygoteError};
use rustix::event::epoll;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// State folders begin with this while they are deleted; no container id does.
pub(super) const REMOVING: &str = ".removing-";

/// The watching thread's marks, besides one for each shim.
pub(super) const STOP_MARK: u64 = 0;
pub(super) const ZYGOTE_MARK: u64 = 1;
const FIRST_SHIM_MARK: u64 = 2;

/// One container.
pub(super) struct Container {
    pub(super) id: ContainerId,
    pub(super) task_id: String,
    pub(super) dir: PathBuf,
    pub(super) tree: Tree,
    pub(super) group: Group,
    /// Absent when the runtime has known it only after its end.
    pub(super) shim: Option<Shim>,
    phase: Mutex<Phase>,
    /// Told when the phase becomes `Ended`.
    ended: Condvar,
    /// Held while it is started.
    pub(super) starting: Mutex<()>,
}

/// The connection to a living supervisor.
pub(super) struct Shim {
    pub(super) channel: Channel,
    pub(super) pid: u32,
    pub(super) first: OwnedFd,
}

impl Container {
    pub(super) fn new(
        (id, task_id): (ContainerId, String),
        dir: PathBuf,
        (tree, group): (Tree, Group),
        shim: Option<Shim>,
        phase: Phase,
    ) -> Container {
        let (phase, ended, starting) = (Mutex::new(phase), Condvar::new(), Mutex::new(()));
        Container { id, task_id, dir, tree, group, shim, phase, ended, starting }
    }

    pub(super) fn phase(&self) -> Phase {
        lock(&self.phase).clone()
    }

    /// An end that was heard of first stays.
    pub(super) fn has_started(&self, started: Started) {
        let mut phase = lock(&self.phase);
        if *phase == Phase::Created {
            *phase = Phase::Running(started);
        }
    }

    pub(super) fn has_ended(&self, started: Option<Started>, exit: Exit) {
        *lock(&self.phase) = Phase::Ended { started, exit, acknowledged: false };
        self.ended.notify_all();
    }

    pub(super) fn is_acknowledged(&self) {
        if let Phase::Ended { acknowledged, .. } = &mut *lock(&self.phase) {
            *acknowledged = true;
        }
    }

    /// Waits until it has ended; `None` when it does not in time.
    pub(super) fn wait_for_end(&self, limit: Duration) -> Option<Exit> {
        let living = |phase: &mut Phase| !matches!(phase, Phase::Ended { .. });
        let waited = self.ended.wait_timeout_while(lock(&self.phase), limit, living);
        let (phase, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match &*phase {
            Phase::Ended { exit, .. } => Some(exit.clone()),
            Phase::Created | Phase::Running(_) => None,
        }
    }

    /// Kills all of it and waits for that.
    pub(super) fn kill_all(&self) -> io::Result<()> {
        self.tree.hierarchy().kill(&self.group)?;
        if let Some(shim) = &self.shim {
            // A first process that has not entered the group yet is not reached by it.
            let _ = pidfd::signal(shim.first.as_fd(), libc::SIGKILL);
        }
        Ok(())
    }
}

/// Zygotes that are tried one after the other: one may be killed while it starts, a host that kills each is out of order.
const ZYGOTE_ATTEMPTS: u32 = 5;

/// Everything that the runtime's calls share.
pub(super) struct Node {
    pub(super) config: Config,
    pub(super) tree: Tree,
    sink: EventSink,
    zygote: Mutex<Option<Zygote>>,
    containers: Mutex<BTreeMap<ContainerId, Arc<Container>>>,
    /// Which shim hung up, by mark.
    watched: Mutex<BTreeMap<u64, Arc<Container>>>,
    next_mark: Mutex<u64>,
    pub(super) epoll: OwnedFd,
    /// Recovering holds it alone: a container that is half made must not look like one that was left half made.
    pub(super) recovering: RwLock<()>,
    /// Locked, so that no other runtime takes the same containers for its own.
    _in_use: File,
}

impl Node {
    pub(super) fn open(mut config: Config, sink: EventSink) -> Result<Node, OpenError> {
        let io = |doing: &str| {
            let doing = doing.to_owned();
            move |source| OpenError::Io { doing, source }
        };
        make_private_dir(&config.state_dir).map_err(io("make the state folder"))?;
        // The zygote is told canonical paths, because it compares them with mount points.
        config.state_dir = fs::canonicalize(&config.state_dir).map_err(io("find the state folder"))?;
        for dir in &mut config.layer_dirs {
            *dir = fs::canonicalize(&*dir).map_err(io("find the folder of layers"))?;
        }
        let in_use = lock_state_dir(&config.state_dir)?;
        let tree = Tree::detect(&config.cgroup_root).map_err(io("find the cgroups"))?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|e| io("make an epoll")(e.into()))?;
        let node = Node {
            config,
            tree,
            sink,
            zygote: Mutex::new(None),
            containers: Mutex::default(),
            watched: Mutex::default(),
            next_mark: Mutex::new(FIRST_SHIM_MARK),
            epoll,
            recovering: RwLock::new(()),
            _in_use: in_use,
        };
        node.restart_zygote()?;
        Ok(node)
    }

    pub(super) fn dir(&self, id: &ContainerId) -> PathBuf {
        self.config.state_dir.join(id.as_str())
    }

    pub(super) fn get(&self, id: &ContainerId) -> Option<Arc<Container>> {
        lock(&self.containers).get(id).cloned()
    }

    pub(super) fn find(&self, id: &ContainerId) -> Result<Arc<Container>, RuntimeError> {
        self.get(id).ok_or_else(|| RuntimeError::NotFound(id.clone()))
    }

    pub(super) fn forget(&self, id: &ContainerId) {
        lock(&self.containers).remove(id);
    }

    pub(super) fn tell(&self, id: &ContainerId, exit: Exit) {
        (self.sink)(Event::Exited { id: id.clone(), exit });
    }

    /// Known from now on; the end of its shim, if it has one, will be noticed.
    pub(super) fn adopt(&self, container: Container) -> io::Result<Arc<Container>> {
        let container = Arc::new(container);
        lock(&self.containers).insert(container.id.clone(), Arc::clone(&container));
        if let Some(shim) = &container.shim {
            let mark = self.new_mark();
            lock(&self.watched).insert(mark, Arc::clone(&container));
            self.watch_for_end(&shim.channel, mark)?;
        }
        Ok(container)
    }

    fn new_mark(&self) -> u64 {
        let mut next = lock(&self.next_mark);
        *next += 1;
        *next - 1
    }

    /// The container whose shim has hung up.
    pub(super) fn take_watched(&self, mark: u64) -> Option<Arc<Container>> {
        lock(&self.watched).remove(&mark)
    }

    /// Hanging up is told once; messages are not told at all, so whoever asked can read its answer in peace.
    fn watch_for_end(&self, channel: &Channel, mark: u64) -> io::Result<()> {
        let flags = epoll::EventFlags::RDHUP | epoll::EventFlags::ONESHOT;
        Ok(epoll::add(&self.epoll, channel, epoll::EventData::new_u64(mark), flags)?)
    }

    pub(super) fn zygote_pid(&self) -> Option<u32> {
        lock(&self.zygote).as_ref().map(Zygote::pid)
    }

    /// Sends an order. A zygote that is gone is replaced, once.
    pub(super) fn order(&self, order: &Order, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let sent = match &*lock(&self.zygote) {
            Some(zygote) => zygote.send(order, descriptors),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        match sent {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.restart_zygote().map_err(io::Error::other)?;
                match &*lock(&self.zygote) {
                    Some(zygote) => zygote.send(order, descriptors),
                    None => Err(io::ErrorKind::BrokenPipe.into()),
                }
            }
            other => other,
        }
    }

    /// Replaces a zygote that is gone; one that answers is left alone.
    pub(super) fn restart_zygote(&self) -> Result<(), ZygoteError> {
        let mut current = lock(&self.zygote);
        if current.as_ref().is_some_and(Zygote::answers) {
            return Ok(());
        }
        // The old one is reaped before there is a new one.
        *current = None;
        let keep: Vec<PathBuf> =
            [&self.config.state_dir].into_iter().chain(&self.config.layer_dirs).cloned().collect();
        let zygote = self.spawn_zygote(&keep)?;
        self.watch_for_end(zygote.channel(), ZYGOTE_MARK).map_err(ZygoteError::Silent)?;
        *current = Some(zygote);
        Ok(())
    }

    /// One that is killed before it answers is replaced: nothing depends on it yet.
    fn spawn_zygote(&self, keep: &[PathBuf]) -> Result<Zygote, ZygoteError> {
        let spawn = || {
            let complaints = complaints(&self.config.state_dir).map_err(ZygoteError::Silent)?;
            Zygote::spawn(&self.config.zygote, keep, complaints)
        };
        let mut spawned = spawn();
        for _ in 1..ZYGOTE_ATTEMPTS {
            if !matches!(spawned, Err(ZygoteError::Silent(_))) {
                break;
            }
            spawned = spawn();
        }
        spawned
    }
}

fn lock_state_dir(path: &Path) -> Result<File, OpenError> {
    let problem = |source| OpenError::Io { doing: "lock the state folder".into(), source };
    let file = File::create(path.join(".lock")).map_err(problem)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(problem(source)),
    }
}

/// What processes print that die unexpectedly. Started afresh with each zygote, so that it cannot grow for ever.
fn complaints(state_dir: &Path) -> io::Result<File> {
    File::create(state_dir.join(".zygote.log"))
}

fn make_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A thread that panicked has left these values whole: each is changed by one statement.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
