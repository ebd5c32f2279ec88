//! What the kernel's tables say, in the few facts that this crate needs of them. Takes in a socket, gives out rows;
//! changes nothing.

// The enums of the netlink crates are open: rows that they or we do not know are passed over.
#![allow(clippy::wildcard_enum_match_arm)]

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::address::AddressAttribute;
use netlink_packet_route::link::{LinkAttribute, LinkMessage, Stats64};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteHeader};
use rustix::io::Errno;

use super::netlink::Netlink;
use super::requests::{self, OUR_ROUTES};
use super::{Cidr, InterfaceCounters, NetlinkError};

/// The table that `ip route` shows; others are named in its output.
const MAIN_TABLE: u32 = RouteHeader::RT_TABLE_MAIN as u32;

/// The kernel's own table of its own addresses.
const LOCAL_TABLE: u32 = 255;

/// A link of one namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) index: u32,
    pub(super) name: String,
    pub(super) mtu: Option<u32>,
    /// The index of the other end of a veth, in the other end's namespace.
    pub(super) partner: Option<u32>,
    /// What passed the other end of a veth: what one end sends, the other receives.
    pub(super) counters_of_partner: InterfaceCounters,
}

/// An IPv4 route of one namespace that is not the kernel's own business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) destination: Cidr,
    /// The index of the link that it leaves by.
    pub(super) link: Option<u32>,
    /// Whether this program made it.
    pub(super) is_ours: bool,
    router: Option<Ipv4Addr>,
    table: u32,
}

/// A route in the words of `ip route`, which calls links by their names.
pub(super) struct InWords<'a>(pub(super) &'a Route, pub(super) &'a [Link]);

/// The link called `name`, if there is one.
pub(super) fn find_link(netlink: &mut Netlink, name: &str) -> Result<Option<Link>, NetlinkError> {
    let found = netlink.get(requests::link_by_name(name), "describe a link", Errno::NODEV)?;
    Ok(found.and_then(as_link))
}

/// All links of the namespace.
pub(super) fn links(netlink: &mut Netlink) -> Result<Vec<Link>, NetlinkError> {
    Ok(netlink.dump(requests::all_links())?.into_iter().filter_map(as_link).collect())
}

/// All routes of the namespace.
pub(super) fn routes(netlink: &mut Netlink) -> Result<Vec<Route>, NetlinkError> {
    Ok(netlink.dump(requests::all_routes())?.into_iter().filter_map(as_route).collect())
}

/// The link that leads to the rest of the world.
pub(super) fn outgoing_link(netlink: &mut Netlink) -> Result<Option<Link>, NetlinkError> {
    let default = routes(netlink)?.into_iter().find(|route| route.destination.prefix_len() == 0);
    let Some(index) = default.and_then(|route| route.link) else { return Ok(None) };
    Ok(links(netlink)?.into_iter().find(|link| link.index == index))
}

/// The link to which this host routes exactly `address`, if it does.
pub(super) fn owner_of(netlink: &mut Netlink, address: Ipv4Addr) -> Result<Option<u32>, NetlinkError> {
    let exact = Cidr::new(address, 32).ok();
    let mut routes = routes(netlink)?.into_iter();
    Ok(routes
        .find(|route| Some(route.destination) == exact && route.table == MAIN_TABLE)
        .and_then(|route| route.link))
}

/// The addresses of one link that lie in `range`.
pub(super) fn addresses_in(
    netlink: &mut Netlink,
    index: u32,
    range: Cidr,
) -> Result<Vec<Ipv4Addr>, NetlinkError> {
    let all = netlink.dump(requests::all_addresses())?.into_iter();
    let of_link = all.filter_map(|message| match message {
        RouteNetlinkMessage::NewAddress(address) if address.header.index == index => Some(address.attributes),
        _ => None,
    });
    let local = of_link.flatten().filter_map(|attribute| match attribute {
        AddressAttribute::Local(IpAddr::V4(address)) => Some(address),
        _ => None,
    });
    Ok(local.filter(|address| range.contains(*address)).collect())
}

impl fmt::Display for InWords<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(route, links) = self;
        write!(out, "{}", route.destination)?;
        if let Some(router) = route.router {
            write!(out, " via {router}")?;
        }
        if let Some(link) = links.iter().find(|link| Some(link.index) == route.link) {
            write!(out, " dev {}", link.name)?;
        }
        if route.table != MAIN_TABLE {
            write!(out, " table {}", route.table)?;
        }
        Ok(())
    }
}

fn as_route(message: RouteNetlinkMessage) -> Option<Route> {
    let RouteNetlinkMessage::NewRoute(message) = message else { return None };
    let header = &message.header;
    let (mut base, mut link, mut router) = (Ipv4Addr::UNSPECIFIED, None, None);
    let mut table = u32::from(header.table);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(RouteAddress::Inet(address)) => base = *address,
            RouteAttribute::Gateway(RouteAddress::Inet(address)) => router = Some(*address),
            RouteAttribute::Oif(index) => link = Some(*index),
            RouteAttribute::Table(number) => table = *number,
            _ => {}
        }
    }
    let destination = Cidr::new(base, header.destination_prefix_length).ok()?;
    let is_ours = header.protocol == OUR_ROUTES;
    (table != LOCAL_TABLE).then_some(Route { destination, link, is_ours, router, table })
}

fn as_link(message: RouteNetlinkMessage) -> Option<Link> {
    let RouteNetlinkMessage::NewLink(LinkMessage { header, attributes, .. }) = message else { return None };
    let mut link = Link { index: header.index, ..Link::default() };
    for attribute in attributes {
        match attribute {
            LinkAttribute::IfName(name) => link.name = name,
            LinkAttribute::Mtu(mtu) => link.mtu = Some(mtu),
            LinkAttribute::Link(index) => link.partner = Some(index),
            LinkAttribute::Stats64(counters) => link.counters_of_partner = mirrored(&counters),
            _ => {}
        }
    }
    Some(link)
}

fn mirrored(counters: &Stats64) -> InterfaceCounters {
    InterfaceCounters {
        rx_bytes: counters.tx_bytes,
        rx_packets: counters.tx_packets,
        rx_errors: counters.tx_errors,
        rx_dropped: counters.tx_dropped,
        tx_bytes: counters.rx_bytes,
        tx_packets: counters.rx_packets,
        tx_errors: counters.rx_errors,
        tx_dropped: counters.rx_dropped,
    }
}
