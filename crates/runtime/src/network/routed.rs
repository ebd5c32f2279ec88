//! [`Network`] with the kernel: a routed veth with a /32 for every task.
//!
//! ```text
//!   host namespace                          task namespace
//!   lo    <router of each subnet>/32        lo    127.0.0.1, 169.254.170.2/32
//!   gt…   (02:67:…) ────── veth ──────      eth0  <address>/32, MAC of the task
//!   <address>/32 dev gt… src <router>       default via <router> onlink
//!   <address> → MAC of the task             <router> → 02:67:…        (both permanent)
//! ```
//!
//! No bridge, because one ends at 1,023 ports; permanent neighbours, so nobody asks by ARP and nobody can lie in it.
//! Every step is a "make it so": the same calls serve a fresh task, a restart, and a try after a failure.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use netlink_packet_route::address::AddressScope;
use rustix::io::Errno;

use super::claim::{Claim, ClaimError, claim};
use super::naming::{HOST_MAC, TASK_LINK, link_alias, link_name, link_prefix};
use super::netlink::{Change, Netlink};
use super::range::{RangeError, check_range};
use super::sockets::Sockets;
use super::spec::{
    AttachError, Attached, CountersError, DetachError, InterfaceCounters, ListenError, NamespaceError,
    Network, NetworkSpec, SweepError, TASK_METADATA_ADDRESS,
};
use super::tables::{Link, addresses_in, find_link, links, outgoing_link, owner_of};
use super::{Cidr, NatError, NetlinkError, host_filter, namespace, nat, requests};

/// The loopback is the first link of every namespace.
const LOOPBACK: u32 = 1;

/// What Ethernet carries everywhere; a smaller uplink lowers it, so that tasks need not find that out by loss.
const MTU_MAX: u32 = 1500;

/// A batch stays well under the send buffer of a socket (212,992 bytes) at 64 bytes each.
const CHANGES_PER_BATCH: usize = 500;

/// Links that a sweep is about to remove, and the group that every link starts in. Removing links one by one costs
/// about 20 ms each, removing a group costs that once.
const DOOMED: u32 = 0x6761_6e74;
const NO_GROUP: u32 = 0;

const FORWARDING: &str = "/proc/sys/net/ipv4/ip_forward";

/// What a host's network is made from.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// The name of the installation; links, routes and the packet filter are told apart by it.
    pub installation: String,
    /// The range that all subnets lie in.
    pub range: Cidr,
}

/// Why this host cannot carry tasks.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another installation is here.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The range is taken.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// The host does not route.
    #[error("cannot switch on IPv4 forwarding ({FORWARDING})")]
    Forwarding(#[source] io::Error),
    /// The packet filter.
    #[error(transparent)]
    Nat(#[from] NatError),
    /// The routing tables.
    #[error("cannot set up the routes of the task network")]
    Netlink(#[from] NetlinkError),
}

/// The network of tasks in the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct RoutedNetwork {
    config: NetworkConfig,
    mtu: u32,
    host: Sockets,
    _claim: Claim,
}

impl RoutedNetwork {
    /// Claims the network namespace, checks the range and sets up what all tasks share. Links of earlier runs stay
    /// as they are until [`Network::sweep`].
    pub fn open(config: NetworkConfig) -> Result<Self, OpenError> {
        let claim = claim()?;
        check_range(config.range)?;
        switch_forwarding_on().map_err(OpenError::Forwarding)?;
        nat::set_up(&config.installation, config.range)?;
        host_filter::let_through(config.range)?;
        let host = Sockets::of_this_thread().map_err(NetlinkError::from)?;
        host.with(|host| host.change(vec![requests::unreachable_range(config.range)]))?;
        let uplink = host.with(outgoing_link)?;
        let mtu = uplink.and_then(|link| link.mtu).map_or(MTU_MAX, |mtu| mtu.min(MTU_MAX));
        Ok(Self { config, mtu, host, _claim: claim })
    }

    /// Removes everything that [`RoutedNetwork::open`] and its calls have made on this host, tasks' links included;
    /// afterwards only dropping is left.
    pub fn tear_down(&self) -> Result<(), OpenError> {
        self.sweep(&BTreeSet::new()).map_err(|SweepError(source)| source)?;
        let range = self.config.range;
        let routers = self.host.with(|host| addresses_in(host, LOOPBACK, range))?;
        let mut changes = vec![requests::no_unreachable_range(range)];
        changes.extend(routers.into_iter().map(|router| requests::remove_address(LOOPBACK, router)));
        self.host.with(|host| host.change(changes))?;
        host_filter::forget(range)?;
        nat::tear_down(&self.config.installation)?;
        Ok(())
    }

    fn link_name(&self, task: &str) -> String {
        link_name(&self.config.installation, task)
    }

    /// The pair of links; returns the host's end. A pair whose other end is elsewhere is a dead task's leftover.
    fn connect(
        &self,
        spec: &NetworkSpec,
        namespace: BorrowedFd<'_>,
        inside: &mut Netlink,
    ) -> Result<Link, NetlinkError> {
        let name = self.link_name(&spec.task);
        self.host.with(|host| {
            if let Some(link) = find_link(host, &name)? {
                if find_link(inside, TASK_LINK)?.is_some_and(|peer| peer.partner == Some(link.index)) {
                    return Ok(link);
                }
                host.change(vec![requests::delete_link(&name)])?;
            }
            host.change(vec![requests::add_veth(&name, self.mtu, spec.mac, namespace)])?;
            find_link(host, &name)?.ok_or_else(|| NetlinkError::Answer(format!("{name} vanished")))
        })
    }

    fn route(&self, spec: &NetworkSpec, link: &Link) -> Result<(), NetlinkError> {
        let router = spec.subnet.router();
        let alias = link_alias(&self.config.installation, &spec.task);
        let changes = vec![
            requests::add_address(LOOPBACK, router, AddressScope::Universe),
            requests::without_ipv6_address(link.index),
            requests::set_up(link.index, Some(alias)),
            requests::add_neighbour(link.index, spec.address, spec.mac),
            requests::host_route(link.index, spec.address, router),
        ];
        self.host.with(|host| host.change(changes))
    }

    /// Whether packets to the address already go to this link, or to nobody yet.
    fn leads_to(&self, address: Ipv4Addr, link: &Link) -> Result<bool, NetlinkError> {
        let owner = self.host.with(|host| owner_of(host, address))?;
        Ok(owner.is_none_or(|index| index == link.index))
    }
}

impl Network for RoutedNetwork {
    fn namespace(&self) -> Result<OwnedFd, NamespaceError> {
        let (namespace, mut inside) = namespace::make(Netlink::open)?;
        inside.change(vec![requests::set_up(LOOPBACK, None)]).map_err(io::Error::other)?;
        Ok(namespace)
    }

    fn attach(&self, spec: &NetworkSpec, existing: Option<OwnedFd>) -> Result<Attached, AttachError> {
        let (namespace, mut inside) = open_namespace(existing).map_err(AttachError::Namespace)?;
        let address = spec.address;
        let link = self
            .connect(spec, namespace.as_fd(), &mut inside)
            .map_err(|source| AttachError::Link { link: self.link_name(&spec.task), source })?;
        configure_inside(spec, &mut inside).map_err(|source| AttachError::Inside { address, source })?;
        match self.route(spec, &link) {
            Ok(()) => Ok(Attached { namespace }),
            Err(source) if source.is(Errno::EXIST) => match self.leads_to(address, &link) {
                Ok(true) => Ok(Attached { namespace }),
                Ok(false) => Err(AttachError::AddressInUse { address }),
                Err(source) => Err(AttachError::Route { address, source }),
            },
            Err(source) => Err(AttachError::Route { address, source }),
        }
    }

    fn detach(&self, task: &str) -> Result<(), DetachError> {
        let link = self.link_name(task);
        let removed = self.host.with(|host| host.change(vec![requests::delete_link(&link)]));
        removed.map_err(|source| DetachError { link, source })
    }

    fn listen(&self, namespace: BorrowedFd<'_>, address: SocketAddrV4) -> Result<TcpListener, ListenError> {
        namespace::enter(namespace, || TcpListener::bind(address))
            .map_err(|source| ListenError { address, source })
    }

    fn counters(&self, task: &str) -> Result<InterfaceCounters, CountersError> {
        let link = self.host.with(|host| find_link(host, &self.link_name(task)))?;
        link.map(|link| link.counters_of_partner).ok_or_else(|| CountersError::NotAttached(task.to_owned()))
    }

    fn sweep(&self, known: &BTreeSet<String>) -> Result<usize, SweepError> {
        let prefix = link_prefix(&self.config.installation);
        let known: BTreeSet<String> = known.iter().map(|task| self.link_name(task)).collect();
        let ours = self.host.with(links)?.into_iter().filter(|link| link.name.starts_with(&prefix));
        let (known, gone): (Vec<Link>, Vec<Link>) = ours.partition(|link| known.contains(&link.name));
        // A sweep that was killed half-way may have left a known link in the group.
        let kept = known.iter().map(|link| requests::set_group(link.index, NO_GROUP));
        let mut changes: Vec<Change> =
            kept.chain(gone.iter().map(|link| requests::set_group(link.index, DOOMED))).collect();
        while !changes.is_empty() {
            let rest = changes.split_off(changes.len().min(CHANGES_PER_BATCH));
            self.host.with(|host| host.change(changes))?;
            changes = rest;
        }
        self.host.with(|host| host.change(vec![requests::delete_group(DOOMED)]))?;
        Ok(gone.len())
    }
}

fn open_namespace(existing: Option<OwnedFd>) -> io::Result<(OwnedFd, Netlink)> {
    match existing {
        Some(namespace) => {
            let inside = namespace::enter(namespace.as_fd(), Netlink::open)?;
            Ok((namespace, inside))
        }
        None => namespace::make(Netlink::open),
    }
}

fn configure_inside(spec: &NetworkSpec, inside: &mut Netlink) -> Result<(), NetlinkError> {
    let eth0 = find_link(inside, TASK_LINK)?.ok_or_else(|| NetlinkError::Answer("eth0 vanished".into()))?;
    let router = spec.subnet.router();
    inside.change(vec![
        requests::set_up(LOOPBACK, None),
        requests::add_address(LOOPBACK, TASK_METADATA_ADDRESS, AddressScope::Host),
        requests::without_ipv6_address(eth0.index),
        requests::add_address(eth0.index, spec.address, AddressScope::Universe),
        requests::set_up(eth0.index, None),
        requests::add_neighbour(eth0.index, router, HOST_MAC),
        requests::default_route(eth0.index, router),
    ])
}

/// Writes only when needed: the setting is read-only in many containers where it is already on.
fn switch_forwarding_on() -> io::Result<()> {
    if fs::read_to_string(FORWARDING)?.trim() == "1" {
        return Ok(());
    }
    fs::write(FORWARDING, "1")
}
