//! The messages that this crate sends: each function is one row of a kernel table, in the words of `ip(8)`.
//! Pure: values in, a [`Change`] or a question out.

use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use netlink_packet_route::address::{AddressAttribute, AddressMessage, AddressScope};
use netlink_packet_route::link::{
    AfSpecInet6, AfSpecUnspec, In6AddrGenMode, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags,
    LinkInfo, LinkMessage,
};
use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState,
};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use rustix::io::Errno;

use super::Cidr;
use super::naming::{HOST_MAC, TASK_LINK};
use super::netlink::Change;

/// Marks our routes in the kernel's table (`ip route` shows `proto 71`), so that they are told from other
/// people's. The numbers above those of rtnetlink(7) and /etc/iproute2/rt_protos are free; 71 is `G`.
pub(super) const OUR_ROUTES: RouteProtocol = RouteProtocol::Other(71);

/// Any other route to the same range wins over the one that only says "nobody is here".
const LAST_RESORT_METRIC: u32 = u32::MAX / 2;

const CREATE_OR_REPLACE: u16 = NLM_F_CREATE | NLM_F_REPLACE;

/// `ip link add NAME address HOST_MAC mtu MTU type veth peer name eth0 address MAC netns FD`.
/// The peer cannot be up yet: it has no partner at that moment.
pub(super) fn add_veth(name: &str, mtu: u32, task_mac: [u8; 6], namespace: BorrowedFd<'_>) -> Change {
    let peer = link([
        LinkAttribute::IfName(TASK_LINK.into()),
        LinkAttribute::Address(task_mac.to_vec()),
        LinkAttribute::Mtu(mtu),
        LinkAttribute::NetNsFd(namespace.as_raw_fd()),
    ]);
    let message = link([
        LinkAttribute::IfName(name.into()),
        LinkAttribute::Address(HOST_MAC.to_vec()),
        LinkAttribute::Mtu(mtu),
        LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
        ]),
    ]);
    change("create a pair of links", RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// `ip link set dev INDEX up alias ALIAS`.
pub(super) fn set_up(index: u32, alias: Option<String>) -> Change {
    let mut message = link(alias.map(LinkAttribute::IfAlias));
    message.header.index = index;
    message.header.flags = LinkFlags::Up;
    message.header.change_mask = LinkFlags::Up;
    change("set a link up", RouteNetlinkMessage::SetLink(message), 0)
}

/// `ip link set dev INDEX addrgenmode none`: tasks have no IPv6 address, so their links need not announce one.
/// A kernel without IPv6 has nothing to silence.
pub(super) fn without_ipv6_address(index: u32) -> Change {
    let silent = AfSpecUnspec::Inet6(vec![AfSpecInet6::AddrGenMode(In6AddrGenMode::None)]);
    let mut message = link([LinkAttribute::AfSpecUnspec(vec![silent])]);
    message.header.index = index;
    let change = change("silence IPv6 on a link", RouteNetlinkMessage::SetLink(message), 0);
    Change { already: Some(Errno::AFNOSUPPORT), ..change }
}

/// `ip link del NAME`; a link that is not there is as good as removed.
pub(super) fn delete_link(name: &str) -> Change {
    let message = link([LinkAttribute::IfName(name.into())]);
    let change = change("remove a link", RouteNetlinkMessage::DelLink(message), 0);
    Change { already: Some(Errno::NODEV), ..change }
}

/// `ip link set dev INDEX group GROUP`.
pub(super) fn set_group(index: u32, group: u32) -> Change {
    let mut message = link([LinkAttribute::Group(group)]);
    message.header.index = index;
    let change = change("put a link into a group", RouteNetlinkMessage::SetLink(message), 0);
    Change { already: Some(Errno::NODEV), ..change }
}

/// `ip link del group GROUP`: all of them at the price of one; an empty group is as good as removed.
pub(super) fn delete_group(group: u32) -> Change {
    let change = change("remove links", RouteNetlinkMessage::DelLink(link([LinkAttribute::Group(group)])), 0);
    Change { already: Some(Errno::NODEV), ..change }
}

/// `ip address replace ADDRESS/32 dev INDEX scope SCOPE`.
pub(super) fn add_address(index: u32, address: Ipv4Addr, scope: AddressScope) -> Change {
    let mut message = host_address(index, address);
    message.header.scope = scope;
    change("give a link its address", RouteNetlinkMessage::NewAddress(message), CREATE_OR_REPLACE)
}

/// `ip address del ADDRESS/32 dev INDEX`.
pub(super) fn remove_address(index: u32, address: Ipv4Addr) -> Change {
    change("take a link its address", RouteNetlinkMessage::DelAddress(host_address(index, address)), 0)
}

/// `ip neighbour replace ADDRESS lladdr MAC dev INDEX nud permanent`.
pub(super) fn add_neighbour(index: u32, address: Ipv4Addr, mac: [u8; 6]) -> Change {
    let mut message = NeighbourMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.ifindex = index;
    message.header.state = NeighbourState::Permanent;
    message.attributes = vec![
        NeighbourAttribute::Destination(NeighbourAddress::Inet(address)),
        NeighbourAttribute::LinkLayerAddress(mac.to_vec()),
    ];
    change("set a permanent neighbour", RouteNetlinkMessage::NewNeighbour(message), CREATE_OR_REPLACE)
}

/// `ip route replace default via ROUTER dev INDEX onlink`: a /32 has no neighbours by itself, hence `onlink`.
pub(super) fn default_route(index: u32, router: Ipv4Addr) -> Change {
    let mut message = route(RouteType::Unicast, 0);
    message.header.protocol = RouteProtocol::Boot;
    message.header.flags = RouteFlags::Onlink;
    message.attributes =
        vec![RouteAttribute::Gateway(RouteAddress::Inet(router)), RouteAttribute::Oif(index)];
    change("set the default route", RouteNetlinkMessage::NewRoute(message), CREATE_OR_REPLACE)
}

/// `ip route add ADDRESS/32 dev INDEX scope link src ROUTER proto 71`; fails when somebody has the address.
pub(super) fn host_route(index: u32, address: Ipv4Addr, router: Ipv4Addr) -> Change {
    let mut message = route(RouteType::Unicast, 32);
    message.header.scope = RouteScope::Link;
    message.attributes = vec![
        RouteAttribute::Destination(RouteAddress::Inet(address)),
        RouteAttribute::Oif(index),
        RouteAttribute::PrefSource(RouteAddress::Inet(router)),
    ];
    change("add the route to a task", RouteNetlinkMessage::NewRoute(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// `ip route replace unreachable RANGE metric LAST proto 71`: an address without a task answers at once and never
/// leaves the host towards the Internet.
pub(super) fn unreachable_range(range: Cidr) -> Change {
    let message = RouteNetlinkMessage::NewRoute(last_resort(range));
    change("mark the range as ours", message, CREATE_OR_REPLACE)
}

/// `ip route del unreachable RANGE metric LAST proto 71`.
pub(super) fn no_unreachable_range(range: Cidr) -> Change {
    let change = change("give the range back", RouteNetlinkMessage::DelRoute(last_resort(range)), 0);
    Change { already: Some(Errno::SRCH), ..change }
}

/// The question for one link.
pub(super) fn link_by_name(name: &str) -> RouteNetlinkMessage {
    RouteNetlinkMessage::GetLink(link([LinkAttribute::IfName(name.into())]))
}

/// The question for all links.
pub(super) fn all_links() -> RouteNetlinkMessage {
    RouteNetlinkMessage::GetLink(LinkMessage::default())
}

/// The question for all IPv4 routes of all tables.
pub(super) fn all_routes() -> RouteNetlinkMessage {
    let mut message = RouteMessage::default();
    message.header.address_family = AddressFamily::Inet;
    RouteNetlinkMessage::GetRoute(message)
}

/// The question for all IPv4 addresses of all links.
pub(super) fn all_addresses() -> RouteNetlinkMessage {
    let mut message = AddressMessage::default();
    message.header.family = AddressFamily::Inet;
    RouteNetlinkMessage::GetAddress(message)
}

fn link(attributes: impl IntoIterator<Item = LinkAttribute>) -> LinkMessage {
    let mut message = LinkMessage::default();
    message.attributes = attributes.into_iter().collect();
    message
}

fn host_address(index: u32, address: Ipv4Addr) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.prefix_len = 32;
    message.header.index = index;
    let address = IpAddr::V4(address);
    message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
    message
}

fn last_resort(range: Cidr) -> RouteMessage {
    let mut message = route(RouteType::Unreachable, range.prefix_len());
    message.attributes = vec![
        RouteAttribute::Destination(RouteAddress::Inet(range.base())),
        RouteAttribute::Priority(LAST_RESORT_METRIC),
    ];
    message
}

fn route(kind: RouteType, prefix_len: u8) -> RouteMessage {
    let mut message = RouteMessage::default();
    message.header = RouteHeader {
        address_family: AddressFamily::Inet,
        destination_prefix_length: prefix_len,
        table: RouteHeader::RT_TABLE_MAIN,
        protocol: OUR_ROUTES,
        scope: RouteScope::Universe,
        kind,
        ..RouteHeader::default()
    };
    message
}

fn change(what: &'static str, message: RouteNetlinkMessage, flags: u16) -> Change {
    Change { what, message, flags, already: None }
}
