//! Whether this host can give a range of addresses to tasks: nobody else may route a part of it.

use std::fmt;
use std::io;

use super::netlink::Netlink;
use super::tables::{InWords, links, routes};
use super::{Cidr, NetlinkError};

/// A route of somebody else into the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteConflict {
    /// The range that was asked for.
    pub range: Cidr,
    /// The route in the words of `ip route`.
    pub route: String,
}

impl fmt::Display for RouteConflict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "this host already routes a part of {}: `{}`", self.range, self.route)
    }
}

/// Why the range cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RangeError {
    /// Somebody routes it.
    #[error("{0}")]
    Conflict(RouteConflict),
    /// The host's routes cannot be read.
    #[error("cannot read the routes of this host")]
    Netlink(#[from] NetlinkError),
}

impl From<io::Error> for RangeError {
    fn from(error: io::Error) -> Self {
        Self::Netlink(error.into())
    }
}

/// Refuses a range of which this host already routes a part through something that is not ours.
/// A default route is no conflict: more exact routes go before it.
pub fn check_range(range: Cidr) -> Result<(), RangeError> {
    let mut netlink = Netlink::open()?;
    let routes = routes(&mut netlink)?;
    let conflict = routes.iter().find(|route| {
        let is_default = route.destination.prefix_len() == 0;
        !route.is_ours && !is_default && route.destination.overlaps(range)
    });
    let Some(conflict) = conflict else { return Ok(()) };
    let route = InWords(conflict, &links(&mut netlink)?).to_string();
    Err(RangeError::Conflict(RouteConflict { range, route }))
}
