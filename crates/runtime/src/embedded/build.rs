//! Making a container: folders, records, cgroup, then an order to the zygote.

use super::check;
use super::node::{Container, Node, Shim};
use crate::api::{BindMount, ContainerId, ContainerSpec, CreateError, Phase};
use crate::cgroup::Group;
use crate::log::LogLimits;
use crate::shim::{ContainerOrder, Descriptors, FromShim};
use crate::state::{Plan, ROOT, SOCKET, SPEC, StateDir, UPPER, WORK};
use crate::sys::channel::Channel;
use crate::sys::mount::{Depth, copy_tree, make_private, make_read_only};
use crate::zygote::Order;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

/// A container is made in milliseconds; on a host that is short of memory or disk it may take longer.
const CREATE_LIMIT: Duration = Duration::from_secs(60);

/// Agents that connect to a shim come one after the other.
const BACKLOG: i32 = 4;

/// The kernel closes a dying supervisor's socket before it kills its child: what that child was doing ends within this time.
const DEATH_SETTLES: Duration = Duration::from_millis(50);

/// What a supervisor gets besides its order.
struct Given {
    listener: OwnedFd,
    state: StateDir,
    log: File,
    netns: Option<OwnedFd>,
    mounts: Vec<OwnedFd>,
}

impl Given {
    /// Takes the network namespace out of the specification.
    fn new(spec: &mut ContainerSpec, dir: &Path) -> Result<Given, CreateError> {
        Ok(Given {
            listener: listener(dir).map_err(CreateError::step("listen for later agents"))?,
            state: StateDir::open(dir).map_err(CreateError::step("open the state folder"))?,
            log: File::open(&spec.log.dir).map_err(CreateError::step("open the log folder"))?,
            netns: spec.netns.take(),
            mounts: host_mounts(&spec.mounts)?,
        })
    }
}

impl Node {
    pub(super) fn create(&self, spec: ContainerSpec) -> Result<(), CreateError> {
        check::container(&spec)?;
        let _not_recovering = self.recovering.read().unwrap_or_else(PoisonError::into_inner);
        let (id, dir) = (spec.id.clone(), self.dir(&spec.id));
        let group = Group::new(&self.config.cgroup_parent, &spec.task_id, id.as_str());
        make_dir(&dir).map_err(|source| {
            if source.kind() == io::ErrorKind::AlreadyExists {
                return CreateError::AlreadyExists(id.clone());
            }
            CreateError::Step { doing: "make the state folder".into(), source }
        })?;
        let made = self.make(spec, &dir, group.clone());
        if made.is_err() {
            self.undo(&id, &dir, &group);
        }
        made
    }

    fn make(&self, mut spec: ContainerSpec, dir: &Path, group: Group) -> Result<(), CreateError> {
        make_writable_layer(dir).map_err(CreateError::step("make the writable layer"))?;
        self.tree
            .hierarchy()
            .create(&group, &spec.task_limits, &spec.limits)
            .map_err(CreateError::step("make the cgroup"))?;
        let mut given = Given::new(&mut spec, dir)?;
        let identity = (spec.id.clone(), spec.task_id.clone());
        let order = ContainerOrder {
            state: dir.to_owned(),
            tree: self.tree.clone(),
            group: group.clone(),
            log: LogLimits {
                segment_bytes_max: spec.log.segment_bytes_max,
                segments_max: spec.log.segments_max,
            },
            interactive: spec.interactive,
            joins_network: given.netns.is_some(),
        };
        let plan = Plan { spec, tree: self.tree.clone(), group: group.clone() };
        given.state.write(SPEC, &plan).map_err(CreateError::step("record the specification"))?;
        let shim = self.ask_for_shim(&order, &mut given, &plan.spec.mounts)?;
        let placed = (self.tree.clone(), group);
        let container = Container::new(identity, dir.to_owned(), placed, Some(shim), Phase::Created);
        self.adopt(container).map(drop).map_err(CreateError::step("watch the supervisor"))
    }

    /// A zygote that is killed takes the orders with it that it has not read; those are given to the next one. The first
    /// attempt may have gone far: what a mount can be used for once only is made again.
    fn ask_for_shim(
        &self,
        order: &ContainerOrder,
        given: &mut Given,
        mounts: &[BindMount],
    ) -> Result<Shim, CreateError> {
        match self.ask_once(order, given) {
            Err(CreateError::Interrupted { .. }) => {
                std::thread::sleep(DEATH_SETTLES);
                let killed = order.tree.hierarchy().kill(&order.group);
                killed.map_err(CreateError::step("kill half a container"))?;
                let restarted = self.restart_zygote().map_err(io::Error::other);
                restarted.map_err(CreateError::step("start a zygote"))?;
                make_writable_layer(&order.state)
                    .map_err(CreateError::step("make the writable layer again"))?;
                given.mounts = host_mounts(mounts)?;
                self.ask_once(order, given)
            }
            other => other,
        }
    }

    fn ask_once(&self, order: &ContainerOrder, given: &Given) -> Result<Shim, CreateError> {
        let (channel, theirs) = Channel::pair().map_err(CreateError::step("make a channel"))?;
        let descriptors: Vec<BorrowedFd<'_>> = Descriptors {
            agent: theirs.as_fd(),
            listener: given.listener.as_fd(),
            state: given.state.as_fd(),
            log: given.log.as_fd(),
            netns: given.netns.as_ref().map(AsFd::as_fd),
            mounts: given.mounts.iter().map(AsFd::as_fd).collect(),
        }
        .into_list();
        self.order(&Order::Container(order.clone()), &descriptors)
            .map_err(CreateError::step("order a supervisor"))?;
        drop(theirs);
        await_shim(channel)
    }

    /// Nothing of a container that was not made is left, whatever was made of it.
    fn undo(&self, id: &ContainerId, dir: &Path, group: &Group) {
        let hierarchy = self.tree.hierarchy();
        let gone = hierarchy.kill(group).and_then(|()| hierarchy.remove(group));
        self.forget(id);
        if let Err(error) = gone.and_then(|()| fs::remove_dir_all(dir)) {
            tracing::warn!(container = %id, %error, "a container that was not made has left something behind");
        }
    }
}

fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Made afresh: the kernel refuses a layer that a volatile overlay has used before.
fn make_writable_layer(dir: &Path) -> io::Result<()> {
    for folder in [UPPER, WORK, ROOT] {
        remove_if_there(&dir.join(folder))?;
        make_dir(&dir.join(folder))?;
    }
    // The root of an overlay has the mode of its uppermost folder.
    fs::set_permissions(dir.join(UPPER), fs::Permissions::from_mode(0o755))
}

fn remove_if_there(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Copies of the sources, made in the host's mount namespace, which the container's first process does not see.
fn host_mounts(mounts: &[BindMount]) -> Result<Vec<OwnedFd>, CreateError> {
    mounts.iter().map(|mount| host_mount(mount).map_err(source_problem(mount))).collect()
}

fn host_mount(mount: &BindMount) -> io::Result<OwnedFd> {
    let copy = copy_tree(&mount.source)?;
    make_private(&copy, Depth::Everything)?;
    if mount.read_only {
        make_read_only(&copy, Depth::Everything)?;
    }
    Ok(copy)
}

fn source_problem(mount: &BindMount) -> impl FnOnce(io::Error) -> CreateError {
    let path = mount.source.display().to_string();
    move |source| {
        if source.kind() == io::ErrorKind::NotFound {
            let problem = format!("bind source path does not exist: {path}");
            return CreateError::Invalid { field: "mounts", problem };
        }
        CreateError::Step { doing: format!("take the mount's source {path}"), source }
    }
}

/// Bound by way of a descriptor: a socket's path has at most 107 bytes, a state folder's may have more.
fn listener(dir: &Path) -> io::Result<OwnedFd> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let folder = File::open(dir)?;
    bind(&socket, &socket_address(&folder)?)?;
    listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// The address of the shim's socket in an open state folder.
pub(super) fn socket_address(folder: &impl AsRawFd) -> io::Result<SocketAddrUnix> {
    Ok(SocketAddrUnix::new(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()))?)
}

fn await_shim(channel: Channel) -> Result<Shim, CreateError> {
    let heard = channel.receive_within::<FromShim>(CREATE_LIMIT).map_err(|source| {
        if source.kind() == io::ErrorKind::TimedOut {
            return CreateError::TimedOut { limit_ms: CREATE_LIMIT.as_millis() as u64 };
        }
        CreateError::Step { doing: "hear the supervisor".into(), source }
    })?;
    let interrupted = CreateError::Interrupted { process: "supervisor" };
    let Some(heard) = heard else { return Err(interrupted) };
    match heard.message {
        FromShim::Here { pid, .. } => match heard.descriptors.into_iter().next() {
            Some(first) => Ok(Shim { channel, pid, first }),
            None => Err(interrupted),
        },
        FromShim::CannotCreate(failure) => {
            Err(CreateError::Step { source: failure.source(), doing: failure.doing })
        }
        FromShim::Started(_) | FromShim::CannotStart(_) => Err(interrupted),
    }
}
